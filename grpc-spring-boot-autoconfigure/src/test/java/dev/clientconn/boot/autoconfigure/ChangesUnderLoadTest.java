// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnRefresher;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** Changes settings a hundred times while calls of all kinds run: none of them is lost. */
@Timeout(300)
class ChangesUnderLoadTest {

  private static final int CHANGES = 100;

  private static final int CALLS_BETWEEN_CHANGES = 30;

  private static final String GREETER = "grpc.client.targets.greeter.";

  private final List<MethodDescriptor<String, String>> methods = List.of(
      method(MethodType.UNARY, "Unary"),
      method(MethodType.CLIENT_STREAMING, "Upload"),
      method(MethodType.SERVER_STREAMING, "Download"),
      method(MethodType.BIDI_STREAMING, "Chat"));

  private final X509Bundle ca = authority();

  private final AtomicLong completed = new AtomicLong();

  private final List<Throwable> failures = new CopyOnWriteArrayList<>();

  private volatile boolean stop;

  @Test
  void noCallIsLost() throws Exception {
    Server first = server();
    Server second = server();
    DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry();
    bundles.registerBundle("one", bundle());
    bundles.registerBundle("two", bundle());
    ExecutorService callers = Executors.newFixedThreadPool(this.methods.size());
    try {
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class))
          .withBean(SslBundles.class, () -> bundles)
          .withPropertyValues(
              GREETER + "address=localhost:" + first.getPort(), GREETER + "ssl.bundle=one")
          .run(context -> {
            ClientConn channel = context.getBean(ClientConn.class);
            this.methods.forEach(
                method -> callers.execute(() -> callUntilStopped(channel, method)));
            change(context, List.of(first.getPort(), second.getPort()));
            this.stop = true;
            callers.shutdown();
            assertThat(callers.awaitTermination(100, TimeUnit.SECONDS)).isTrue();
            assertThat(channel.snapshot().waitingCalls()).isZero();
          });
      assertThat(this.failures).isEmpty();
      assertThat(this.completed).hasValueGreaterThan(CHANGES * CALLS_BETWEEN_CHANGES);
    } finally {
      this.stop = true;
      callers.shutdownNow();
      first.shutdownNow();
      second.shutdownNow();
    }
  }

  private void change(ConfigurableApplicationContext context, List<Integer> ports) {
    ClientConnRefresher refresher = context.getBean(ClientConnRefresher.class);
    Map<String, Object> settings = new HashMap<>();
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(new MapPropertySource("changes", settings));
    for (int i = 0; i < CHANGES && this.failures.isEmpty(); i++) {
      switch (i % 5) {
        case 0 -> settings.put(GREETER + "address", "localhost:" + ports.get((i / 5 + 1) % 2));
        case 1 -> settings.put(GREETER + "deadline", (20 + i) + "s");
        case 2 -> settings.put(GREETER + "inbound.message.max-size", (100 + i) + "KB");
        case 3 -> settings.put(GREETER + "ssl.bundle", i % 2 == 0 ? "one" : "two");
        default -> settings.put(GREETER + "connections.max", i % 3 + 2);
      }
      assertThat(refresher.refresh()).as("change %d", i).containsExactly("greeter");
      // Every third change follows the one before at once.
      long goal = this.completed.get() + (i % 3 == 0 ? 0 : CALLS_BETWEEN_CHANGES * 3 / 2 + 1);
      while (this.completed.get() < goal && this.failures.isEmpty()) {
        Thread.onSpinWait();
      }
    }
  }

  private void callUntilStopped(ClientConn channel, MethodDescriptor<String, String> method) {
    while (!this.stop && this.failures.isEmpty()) {
      try {
        call(channel, method);
        this.completed.incrementAndGet();
      } catch (Throwable lost) {
        this.failures.add(lost);
      }
    }
  }

  private static void call(ClientConn channel, MethodDescriptor<String, String> method)
      throws Exception {
    if (method.getType() == MethodType.UNARY) {
      assertThat(ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, "hello"))
          .isEqualTo("hello");
      return;
    }
    if (method.getType() == MethodType.SERVER_STREAMING) {
      Iterator<String> responses =
          ClientCalls.blockingServerStreamingCall(channel, method, CallOptions.DEFAULT, "hello");
      List<String> all = new ArrayList<>();
      responses.forEachRemaining(all::add);
      assertThat(all).containsExactly("hello", "hello", "hello");
      return;
    }
    Collected collected = new Collected();
    StreamObserver<String> requests = method.getType() == MethodType.CLIENT_STREAMING
        ? ClientCalls.asyncClientStreamingCall(
            channel.newCall(method, CallOptions.DEFAULT), collected)
        : ClientCalls.asyncBidiStreamingCall(
            channel.newCall(method, CallOptions.DEFAULT), collected);
    requests.onNext("hello");
    requests.onNext("hello");
    requests.onCompleted();
    assertThat(collected.done.get(60, TimeUnit.SECONDS))
        .hasSize(method.getType() == MethodType.CLIENT_STREAMING ? 1 : 2);
  }

  /** Completes with all messages. */
  private static final class Collected implements StreamObserver<String> {
    private final List<String> all = new CopyOnWriteArrayList<>();
    private final CompletableFuture<List<String>> done = new CompletableFuture<>();

    @Override
    public void onNext(String value) {
      this.all.add(value);
    }

    @Override
    public void onError(Throwable lost) {
      this.done.completeExceptionally(lost);
    }

    @Override
    public void onCompleted() {
      this.done.complete(this.all);
    }
  }

  private Server server() throws Exception {
    X509Bundle own = new CertificateBuilder()
        .ecp256()
        .subject("CN=server")
        .addSanDnsName("localhost")
        .buildIssuedBy(this.ca);
    return NettyServerBuilder.forPort(
            0,
            TlsServerCredentials.newBuilder()
                .keyManager(stream(own.getCertificatePathPEM()), stream(own.getPrivateKeyPEM()))
                .trustManager(stream(this.ca.getCertificatePEM()))
                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                .build())
        .addService(ServerServiceDefinition.builder("demo.Echo")
            .addMethod(
                this.methods.get(0),
                ServerCalls.asyncUnaryCall((request, responses) -> respond(request, 1, responses)))
            .addMethod(
                this.methods.get(1),
                ServerCalls.asyncClientStreamingCall(responses -> new Echo(responses, false)))
            .addMethod(
                this.methods.get(2),
                ServerCalls.asyncServerStreamingCall(
                    (request, responses) -> respond(request, 3, responses)))
            .addMethod(
                this.methods.get(3),
                ServerCalls.asyncBidiStreamingCall(responses -> new Echo(responses, true)))
            .build())
        .build()
        .start();
  }

  private static void respond(String message, int times, StreamObserver<String> responses) {
    for (int i = 0; i < times; i++) {
      responses.onNext(message);
    }
    responses.onCompleted();
  }

  /** Responds to each message, or to the last one. */
  private record Echo(StreamObserver<String> responses, boolean toEach)
      implements StreamObserver<String> {
    @Override
    public void onNext(String value) {
      if (this.toEach) {
        this.responses.onNext(value);
      }
    }

    @Override
    public void onError(Throwable cancelled) {}

    @Override
    public void onCompleted() {
      if (!this.toEach) {
        this.responses.onNext("all");
      }
      this.responses.onCompleted();
    }
  }

  private SslBundle bundle() throws Exception {
    X509Bundle client =
        new CertificateBuilder().ecp256().subject("CN=client").buildIssuedBy(this.ca);
    return SslBundle.of(new PemSslStoreBundle(
        PemSslStore.load(PemSslStoreDetails.forCertificates(client.getCertificatePathPEM())
            .withPrivateKey(client.getPrivateKeyPEM())),
        PemSslStore.load(PemSslStoreDetails.forCertificates(this.ca.getCertificatePEM()))));
  }

  private static X509Bundle authority() {
    try {
      return new CertificateBuilder()
          .ecp256()
          .subject("CN=authority")
          .setIsCertificateAuthority(true)
          .buildSelfSigned();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static InputStream stream(String pem) {
    return new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8));
  }

  private static MethodDescriptor<String, String> method(MethodType type, String name) {
    return MethodDescriptor.<String, String>newBuilder()
        .setType(type)
        .setFullMethodName(MethodDescriptor.generateFullMethodName("demo.Echo", name))
        .setRequestMarshaller(new Text())
        .setResponseMarshaller(new Text())
        .build();
  }

  private static final class Text implements Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream bytes) {
      try {
        return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
