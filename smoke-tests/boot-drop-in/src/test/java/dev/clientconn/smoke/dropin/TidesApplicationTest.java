// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.smoke.dropin.proto.HighWater;
import dev.clientconn.smoke.dropin.proto.Place;
import dev.clientconn.smoke.dropin.proto.TidesGrpc;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Checks that the application calls its server when the starter is on its class path. */
@SpringBootTest
@ExtendWith(OutputCaptureExtension.class)
class TidesApplicationTest {

  private static final Server SERVER =
      NettyServerBuilder.forPort(0).addService(new Almanac()).build();

  @DynamicPropertySource
  static void target(DynamicPropertyRegistry properties) throws IOException {
    SERVER.start();
    properties.add(
        "spring.grpc.client.channel.default.target",
        () -> "static://localhost:" + SERVER.getPort());
  }

  @AfterAll
  static void stopServer() throws InterruptedException {
    SERVER.shutdownNow().awaitTermination();
  }

  @Test
  void applicationStartsAndPrintsTheResponse(CapturedOutput output) {
    assertThat(output).contains("High water at Calais: 12:40");
  }

  @Test
  void callIsMadeOnAChannelOfTheStarter(@Autowired ClientConnRegistry registry) {
    assertThat(registry.channels())
        .extractingByKey("default")
        .extracting(channel -> channel.snapshot().totals().counters().streamsOpened())
        .isEqualTo(1L);
  }

  private static final class Almanac extends TidesGrpc.TidesImplBase {

    @Override
    public void nextHighWater(Place place, StreamObserver<HighWater> response) {
      response.onNext(HighWater.newBuilder().setAt("12:40").build());
      response.onCompleted();
    }
  }
}
