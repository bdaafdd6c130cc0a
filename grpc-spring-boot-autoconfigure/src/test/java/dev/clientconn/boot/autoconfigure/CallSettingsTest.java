// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import io.grpc.Metadata;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Checks metadata, compression and the executor of callbacks. */
class CallSettingsTest {

  @RegisterExtension
  private final HealthServer server = HealthServer.start();

  private final ApplicationContextRunner bare = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class));

  private final ApplicationContextRunner runner =
      this.bare.withPropertyValues("grpc.client.targets.greeter.address=" + this.server.address());

  @Test
  void metadataOfTheTargetAndTheDefaultsIsSent() {
    this.runner.withInitializer(context -> StartFailure.load(context, """
            grpc.client:
              defaults.metadata:
                x-tenant: default
                x-removed: "1"
                X-Region: eu
              targets.greeter.metadata:
                x-tenant: ["one, two", three]
                x-removed: ""
                trace-bin: aGVsbG8=
                "[x.dotted]": "yes"
            """)).run(context -> {
      Metadata headers = call(context.getBean(ClientConn.class));
      assertThat(headers.getAll(key("x-tenant"))).containsExactly("one, two", "three");
      assertThat(headers.get(key("x-region"))).isEqualTo("eu");
      assertThat(headers.get(key("x.dotted"))).isEqualTo("yes");
      assertThat(headers.containsKey(key("x-removed"))).isFalse();
      assertThat(headers.get(Metadata.Key.of("trace-bin", Metadata.BINARY_BYTE_MARSHALLER)))
          .isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
    });
  }

  @Test
  void metadataOfTheCallReplacesThatOfTheTarget() {
    Metadata own = new Metadata();
    own.put(key("x-tenant"), "own");
    this.runner
        .withPropertyValues("grpc.client.targets.greeter.metadata.x-tenant=default")
        .run(context -> {
          HealthGrpc.newBlockingStub(context.getBean(ClientConn.class))
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(own))
              .check(HealthCheckRequest.getDefaultInstance());
          assertThat(this.server.headers.get(0).getAll(key("x-tenant"))).containsExactly("own");
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "grpc-timeout | 1S | reserved for the protocol",
        "content-type | text | reserved for the protocol",
        "te | trailers | reserved for the protocol",
        "user-agent | mine | the key user-agent of the target sets it",
        "authorization | Basic x | Use the keys below credentials",
        "'[x y]' | a | The key 'x y' cannot be sent",
        "'[-bin]' | YQ== | cannot be sent",
        "trace-bin | '*' | is Base64",
        "x-tenant | ü | Character 1 is 0xFC",
      })
  void metadataThatCannotBeSentIsRejected(String key, String value, String reason) {
    FailureAnalysis analysis = StartFailure.of(this.bare, """
        grpc.client.targets.greeter:
          address: localhost:1
          metadata:
            "%s": "%s"
        """.formatted(key, value));

    assertThat(analysis.getDescription())
        .contains("grpc.client.targets.greeter.metadata")
        .contains("application.yml - 4:")
        .contains(reason);
  }

  @Test
  void metadataWithoutKeysIsRejected() {
    FailureAnalysis analysis =
        StartFailure.of(this.bare, "grpc.client.defaults.metadata: x-tenant=1");

    assertThat(analysis.getDescription()).contains("It contains metadata by key, not a value.");
  }

  @Test
  void requestsAreCompressedWithTheCodec() {
    this.runner
        .withPropertyValues("grpc.client.targets.greeter.compression=gzip")
        .run(
            context -> assertThat(call(context.getBean(ClientConn.class)).get(key("grpc-encoding")))
                .isEqualTo("gzip"));
  }

  @Test
  void unknownCodecShowsTheKnownOnes() {
    FailureAnalysis analysis = StartFailure.of(this.bare, """
        grpc.client.targets.greeter:
          address: localhost:1
          compression: zip
        """);

    assertThat(analysis.getDescription())
        .contains("application.yml - 3:16")
        .contains("There is no codec 'zip' in the registry of gRPC. Known codecs: gzip, identity.");
  }

  @Test
  void callbacksRunOnTheExecutorOfTheTarget() {
    this.runner
        .withBean("mine", Executor.class, () -> task -> new Thread(task, "my-thread").start())
        .withPropertyValues("grpc.client.targets.greeter.executor=mine")
        .run(context -> assertThat(
                callbackThread(context.getBean(ClientConn.class)).getName())
            .isEqualTo("my-thread"));
  }

  @Test
  void unknownExecutorShowsTheNearest() {
    FailureAnalysis analysis =
        StartFailure.of(this.bare.withBean("callbacks", Executor.class, () -> Runnable::run), """
        grpc.client.targets.greeter:
          address: localhost:1
          executor: calbacks
        """);

    assertThat(analysis.getDescription())
        .contains("There is no bean 'calbacks'. Did you mean 'callbacks'?");
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void callbacksRunOnVirtualThreadsIfTheApplicationUsesThem() {
    this.runner.withPropertyValues("spring.threads.virtual.enabled=true").run(context -> {
      Thread thread = callbackThread(context.getBean(ClientConn.class));
      assertThat(thread.getClass().getName()).contains("VirtualThread");
      assertThat(context).doesNotHaveBean(Executor.class);
    });
  }

  @Test
  void callbacksRunOnThreadsOfTheLibraryByDefault() {
    this.runner.run(
        context -> assertThat(callbackThread(context.getBean(ClientConn.class)).getName())
            .startsWith("clientconn-executor"));
  }

  private Metadata call(ClientConn channel) {
    assertThat(HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance()))
        .isEqualTo(HealthServer.serving());
    return this.server.headers.get(this.server.headers.size() - 1);
  }

  private static Thread callbackThread(ClientConn channel) throws Exception {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    HealthGrpc.newStub(channel)
        .check(HealthCheckRequest.getDefaultInstance(), new StreamObserver<>() {
          @Override
          public void onNext(HealthCheckResponse response) {
            thread.complete(Thread.currentThread());
          }

          @Override
          public void onError(Throwable failure) {
            thread.completeExceptionally(failure);
          }

          @Override
          public void onCompleted() {}
        });
    return thread.get(60, TimeUnit.SECONDS);
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
