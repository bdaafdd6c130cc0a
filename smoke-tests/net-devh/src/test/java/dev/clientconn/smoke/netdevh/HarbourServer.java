// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.netdevh;

import dev.clientconn.smoke.netdevh.proto.FerriesGrpc;
import dev.clientconn.smoke.netdevh.proto.LampsGrpc;
import dev.clientconn.smoke.netdevh.proto.Name;
import dev.clientconn.smoke.netdevh.proto.PilotsGrpc;
import dev.clientconn.smoke.netdevh.proto.Word;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Serves all services of the harbour, and records the headers of each call. */
public final class HarbourServer implements AutoCloseable, ServerInterceptor {

  public final List<Metadata> headers = new CopyOnWriteArrayList<>();

  private final Server server;

  public HarbourServer(ServerCredentials credentials) throws IOException {
    this.server = Grpc.newServerBuilderForPort(0, credentials)
        .intercept(this)
        .addService(new LampsGrpc.LampsImplBase() {
          @Override
          public void look(Name request, StreamObserver<Word> response) {
            send(request.getName() + " is lit", response);
          }
        })
        .addService(new FerriesGrpc.FerriesImplBase() {
          @Override
          public void nextDeparture(Name request, StreamObserver<Word> response) {
            send("12:30 to " + request.getName(), response);
          }
        })
        .addService(new PilotsGrpc.PilotsImplBase() {
          @Override
          public void request(Name request, StreamObserver<Word> response) {
            send("a pilot for " + request.getName(), response);
          }
        })
        .build()
        .start();
  }

  private static void send(String word, StreamObserver<Word> response) {
    response.onNext(Word.newBuilder().setWord(word).build());
    response.onCompleted();
  }

  @Override
  public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
      ServerCall<ReqT, RespT> call, Metadata metadata, ServerCallHandler<ReqT, RespT> next) {
    this.headers.add(metadata);
    return next.startCall(call, metadata);
  }

  public int port() {
    return this.server.getPort();
  }

  /** Returns the values of a header, of all calls. */
  public List<String> values(String name) {
    Metadata.Key<String> key = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    return this.headers.stream().map(each -> String.valueOf(each.get(key))).toList();
  }

  @Override
  public void close() {
    this.server.shutdownNow();
  }
}
