// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.io.InputStream;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Uses the codecs of registries that are beans, as Boot's gRPC client defines them. */
@Timeout(120)
class CodecRegistriesTest {

  private static final Metadata.Key<String> ACCEPTED =
      Metadata.Key.of("grpc-accept-encoding", Metadata.ASCII_STRING_MARSHALLER);

  @RegisterExtension
  private final HealthServer server = HealthServer.start();

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class))
      .withPropertyValues("grpc.client.targets.greeter.address=" + this.server.address());

  @Test
  void decompressorsOfTheBeanAreOfferedToTheServer() {
    DecompressorRegistry registry =
        DecompressorRegistry.emptyInstance().with(new Named("mine"), true);
    this.runner.withBean(DecompressorRegistry.class, () -> registry).run(context -> {
      HealthGrpc.newBlockingStub(context.getBean(ClientConn.class))
          .check(HealthCheckRequest.getDefaultInstance());

      assertThat(this.server.headers.get(0).get(ACCEPTED)).isEqualTo("mine");
    });
  }

  @Test
  void compressionMayBeACodecOfTheBean() {
    CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
    registry.register(new Named("mine"));
    this.runner
        .withPropertyValues("grpc.client.targets.greeter.compression=mine")
        .withBean(CompressorRegistry.class, () -> registry)
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void compressionThatTheBeanDoesNotHaveFailsTheStart() {
    FailureAnalysis analysis = StartFailure.of(this.runner
        .withPropertyValues("grpc.client.targets.greeter.compression=gzip")
        .withBean(CompressorRegistry.class, CompressorRegistry::newEmptyInstance));

    assertThat(analysis.getDescription()).contains("There is no codec 'gzip'");
  }

  @Test
  void registriesOfTheJvmApplyIfThereIsNoBean() {
    this.runner
        .withPropertyValues("grpc.client.targets.greeter.compression=gzip")
        .run(context -> {
          HealthGrpc.newBlockingStub(context.getBean(ClientConn.class))
              .check(HealthCheckRequest.getDefaultInstance());

          assertThat(this.server.headers.get(0).get(ACCEPTED)).contains("gzip");
        });
  }

  /** Does not compress. */
  private record Named(String name) implements Codec {

    @Override
    public String getMessageEncoding() {
      return this.name;
    }

    @Override
    public InputStream decompress(InputStream bytes) {
      return bytes;
    }

    @Override
    public OutputStream compress(OutputStream bytes) {
      return bytes;
    }
  }
}
