// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.core.io.ClassPathResource;

/**
 * Runs a grpc-java server that responds to health checks, except for the service {@code held}: its
 * calls stay open. It fails the first {@link #failures} other calls.
 */
public final class HealthServer extends HealthGrpc.HealthImplBase
    implements AutoCloseable, AfterEachCallback {

  public final List<Metadata> headers = new CopyOnWriteArrayList<>();

  public final BlockingQueue<StreamObserver<HealthCheckResponse>> held =
      new LinkedBlockingQueue<>();

  /** The number of calls that still fail with UNAVAILABLE. */
  public final AtomicInteger failures = new AtomicInteger();

  /** One permit for each connection so far. */
  public final Semaphore connections = new Semaphore(0);

  /** The TLS session of each call. */
  public final List<SSLSession> sessions = new CopyOnWriteArrayList<>();

  private final Server server;

  private HealthServer(ServerCredentials credentials, int callsPerConnection) {
    try {
      this.server = NettyServerBuilder.forPort(0, credentials)
          .maxConcurrentCallsPerConnection(callsPerConnection)
          .addTransportFilter(new ConnectionRecorder())
          .addService(this)
          .intercept(new CallRecorder())
          .build()
          .start();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  public static HealthServer start() {
    return start(InsecureServerCredentials.create());
  }

  /**
   * Starts a server with {@code tls/server.crt}, which is self-signed for {@code localhost}. It
   * accepts clients with the same certificate, and without one.
   */
  public static HealthServer startWithTls() {
    try {
      File certificate = new ClassPathResource("tls/server.crt").getFile();
      return start(TlsServerCredentials.newBuilder()
          .keyManager(certificate, new ClassPathResource("tls/server.key").getFile())
          .trustManager(certificate)
          .clientAuth(TlsServerCredentials.ClientAuth.OPTIONAL)
          .build());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  public static HealthServer start(ServerCredentials credentials) {
    return new HealthServer(credentials, Integer.MAX_VALUE);
  }

  public static HealthServer start(int callsPerConnection) {
    return new HealthServer(InsecureServerCredentials.create(), callsPerConnection);
  }

  public String address() {
    return "localhost:" + this.server.getPort();
  }

  public SocketAddress socketAddress() {
    return new InetSocketAddress("localhost", this.server.getPort());
  }

  public static HealthCheckResponse serving() {
    return HealthCheckResponse.newBuilder().setStatus(ServingStatus.SERVING).build();
  }

  @Override
  public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> responses) {
    if (request.getService().equals("held")) {
      this.held.add(responses);
      return;
    }
    if (this.failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      responses.onError(Status.UNAVAILABLE.withDescription("try again").asRuntimeException());
      return;
    }
    responses.onNext(serving());
    responses.onCompleted();
  }

  /** Closes a server that is registered as an extension. */
  @Override
  public void afterEach(ExtensionContext test) {
    close();
  }

  @Override
  public void close() {
    try {
      this.server.shutdownNow().awaitTermination();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private final class ConnectionRecorder extends ServerTransportFilter {

    @Override
    public Attributes transportReady(Attributes attributes) {
      HealthServer.this.connections.release();
      return attributes;
    }
  }

  private final class CallRecorder implements ServerInterceptor {

    @Override
    public <Q, S> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, S> call, Metadata requestHeaders, ServerCallHandler<Q, S> next) {
      HealthServer.this.headers.add(requestHeaders);
      SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
      if (session != null) {
        HealthServer.this.sessions.add(session);
      }
      return next.startCall(call, requestHeaders);
    }
  }
}
