// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.soak;

import dev.clientconn.testing.ByteMethods;
import dev.clientconn.testing.ReservedPort;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * grpc-java's Netty server, which does what the request says. Now and then another takes its port
 * over: the one before says GOAWAY to its connections, and finishes its calls.
 */
final class SoakServer {

  /** What a request asks for. */
  enum Wish {
    ANSWER('a'),
    FAIL('f'),
    RESET('r'),
    SILENCE('s');

    private final byte code;

    Wish(char code) {
      this.code = (byte) code;
    }

    static Wish of(byte code) {
      for (Wish wish : values()) {
        if (wish.code == code) {
          return wish;
        }
      }
      throw new IllegalArgumentException("no wish: " + code);
    }
  }

  /** Wish, size of each reply, number of replies. */
  static final int REQUEST_HEADER = 9;

  static final MethodDescriptor<byte[], byte[]> METHOD =
      ByteMethods.of(MethodType.BIDI_STREAMING, "soak.Service/Method", new PoisonMarshaller());

  /** Cannot be marshalled, which makes the server reset the stream. */
  private static final byte[] POISON = new byte[0];

  /** Logs each message that fails on purpose; silenced. */
  private static final Logger serverLog = Logger.getLogger("io.grpc.internal.ServerCallImpl");

  private final Set<Object> connections = ConcurrentHashMap.newKeySet();
  private final List<Server> servers = new ArrayList<>();
  private final int slots;

  /** Stays reserved between one server and the next. */
  private final ReservedPort port = new ReservedPort();

  /** @param slots streams at a time on one connection */
  SoakServer(int slots) throws IOException {
    this.slots = slots;
    serverLog.setLevel(Level.OFF);
    start();
  }

  int port() {
    return port.number();
  }

  /** Connections that have carried a call. */
  int connections() {
    return connections.size();
  }

  /** GOAWAY for every connection; new ones find a new server. */
  void goAway() throws IOException, InterruptedException {
    servers.get(servers.size() - 1).shutdown();
    for (; ; ) {
      try {
        start();
        return;
      } catch (IOException e) {
        // The port is not free yet.
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }
  }

  private void start() throws IOException {
    Server server = NettyServerBuilder.forPort(port.number())
        .maxConcurrentCallsPerConnection(slots)
        .addService(ServerServiceDefinition.builder("soak.Service")
            .addMethod(METHOD, new Handler())
            .build())
        .build()
        .start();
    servers.add(server);
  }

  void stop() throws InterruptedException {
    serverLog.setLevel(null);
    servers.forEach(Server::shutdownNow);
    for (Server server : servers) {
      server.awaitTermination();
    }
    port.close();
  }

  static byte[] request(Wish wish, int size, int replySize, int replies) {
    return ByteBuffer.allocate(Math.max(size, REQUEST_HEADER))
        .put(wish.code)
        .putInt(replySize)
        .putInt(replies)
        .array();
  }

  private final class Handler implements ServerCallHandler<byte[], byte[]> {
    @Override
    public ServerCall.Listener<byte[]> startCall(
        ServerCall<byte[], byte[]> call, Metadata headers) {
      Object address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
      if (address != null) {
        connections.add(address);
      }
      call.request(1);
      return new Answers(call);
    }
  }

  private static final class Answers extends ServerCall.Listener<byte[]> {
    private final ServerCall<byte[], byte[]> call;
    private Wish last = Wish.ANSWER;
    private boolean headersSent;
    private boolean closed;

    Answers(ServerCall<byte[], byte[]> call) {
      this.call = call;
    }

    @Override
    public void onMessage(byte[] message) {
      ByteBuffer request = ByteBuffer.wrap(message);
      // An empty request wants one empty reply.
      last = message.length == 0 ? Wish.ANSWER : Wish.of(request.get());
      int size = message.length == 0 ? 0 : request.getInt();
      int replies = message.length == 0 ? 1 : request.getInt();
      switch (last) {
        case ANSWER -> {
          for (int i = 0; i < replies && !call.isCancelled(); i++) {
            headersOnce();
            call.sendMessage(new byte[size]);
          }
        }
        case FAIL -> close(Status.FAILED_PRECONDITION.withDescription("as asked"));
        case RESET -> {
          headersOnce();
          closed = true;
          call.sendMessage(POISON);
        }
        case SILENCE -> {}
      }
      call.request(1);
    }

    private void headersOnce() {
      if (!headersSent) {
        headersSent = true;
        call.sendHeaders(new Metadata());
      }
    }

    @Override
    public void onHalfClose() {
      if (last == Wish.ANSWER) {
        headersOnce();
        close(Status.OK);
      }
    }

    private void close(Status status) {
      if (!closed) {
        closed = true;
        call.close(status, new Metadata());
      }
    }
  }

  private static final class PoisonMarshaller extends ByteMethods.Marshaller {
    @Override
    public InputStream stream(byte[] value) {
      if (value == POISON) {
        throw new IllegalStateException("poison");
      }
      return super.stream(value);
    }
  }
}
