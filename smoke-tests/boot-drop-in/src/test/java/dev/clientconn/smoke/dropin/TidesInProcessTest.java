// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.dropin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.smoke.dropin.proto.HighWater;
import dev.clientconn.smoke.dropin.proto.Place;
import dev.clientconn.smoke.dropin.proto.TidesGrpc;
import dev.clientconn.smoke.dropin.proto.TidesGrpc.TidesBlockingStub;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.grpc.test.autoconfigure.AutoConfigureTestGrpcTransport;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;

/** Tests the application with the test transport of Spring Boot, which the starter leaves alone. */
@NullUnmarked
@SpringBootTest(properties = "grpc.client.targets.tides.address=localhost:1")
@AutoConfigureTestGrpcTransport
@ExtendWith(OutputCaptureExtension.class)
class TidesInProcessTest {

  @Test
  void importedClientCallsTheServerOfTheTest(CapturedOutput output) {
    assertThat(output).contains("High water at Calais: 03:15");
  }

  @Test
  void clientOfTheStarterCallsItsTarget(@Autowired OfTheStarter client) {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> client.tides.nextHighWater(Place.getDefaultInstance()))
        .satisfies(failure ->
            assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
  }

  record OfTheStarter(TidesBlockingStub tides) {}

  @TestConfiguration(proxyBeanMethods = false)
  static class Almanac {

    @Bean
    OfTheStarter ofTheStarter(@GrpcClient("tides") TidesBlockingStub tides) {
      return new OfTheStarter(tides);
    }

    @Bean
    TidesGrpc.TidesImplBase almanac() {
      return new TidesGrpc.TidesImplBase() {
        @Override
        public void nextHighWater(Place place, StreamObserver<HighWater> response) {
          response.onNext(HighWater.newBuilder().setAt("03:15").build());
          response.onCompleted();
        }
      };
    }
  }
}
