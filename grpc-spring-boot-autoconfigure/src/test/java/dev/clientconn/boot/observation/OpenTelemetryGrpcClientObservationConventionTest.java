// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.observation;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenTelemetryGrpcClientObservationConventionTest {

  private final OpenTelemetryGrpcClientObservationConvention convention =
      new OpenTelemetryGrpcClientObservationConvention();

  private final GrpcTargetObservationContext context =
      new GrpcTargetObservationContext("greeter", (headers, name, value) -> {});

  OpenTelemetryGrpcClientObservationConventionTest() {
    this.context.setFullMethodName("orders.v1.Orders/Place");
    this.context.setAuthority("orders.example:9090");
    this.context.setPeerName("orders.example");
    this.context.setPeerPort(9090);
  }

  @Test
  void callThatSucceededHasNoErrorType() {
    this.context.setStatusCode(Status.Code.OK);

    assertThat(this.convention.getName()).isEqualTo("rpc.client.call.duration");
    assertThat(this.convention.getContextualName(this.context)).isEqualTo("orders.v1.Orders/Place");
    assertThat(keys())
        .containsExactly(
            "rpc.method=orders.v1.Orders/Place",
            "rpc.status_code=OK",
            "rpc.system.name=grpc",
            "server.address=orders.example",
            "server.port=9090");
  }

  @Test
  void callThatFailedHasItsCodeAsErrorType() {
    this.context.setStatusCode(Status.Code.CANCELLED);

    assertThat(keys()).contains("error.type=CANCELLED", "rpc.status_code=CANCELLED");
  }

  @Test
  void callWithoutAStatusHasTheTypeOfItsException() {
    this.context.setError(new IllegalStateException());

    assertThat(keys())
        .contains("error.type=java.lang.IllegalStateException")
        .noneMatch(key -> key.startsWith("rpc.status_code"));
  }

  @Test
  void callOfAnUnknownMethodToAnAuthorityWithoutPort() {
    this.context.setFullMethodName("");
    this.context.setPeerName(null);
    this.context.setPeerPort(-1);

    assertThat(this.convention.getContextualName(this.context)).isEqualTo("grpc");
    assertThat(keys())
        .containsExactly(
            "rpc.method=_OTHER", "rpc.system.name=grpc", "server.address=orders.example:9090");
  }

  /** A registry that refused other tag keys for the same name would lose all failures. */
  @Test
  void prometheusHasSeriesOfSuccessAndOfFailure() {
    PrometheusMeterRegistry registry =
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT).throwExceptionOnRegistrationFailure();
    for (Status.Code code : List.of(Status.Code.OK, Status.Code.UNAVAILABLE)) {
      this.context.setStatusCode(code);
      registry
          .timer(
              this.convention.getName(),
              this.convention.getLowCardinalityKeyValues(this.context).stream()
                  .map(value -> Tag.of(value.getKey(), value.getValue()))
                  .toList())
          .record(Duration.ofMillis(5));
    }

    assertThat(registry.scrape())
        .contains("rpc_client_call_duration_seconds_count{rpc_method=\"orders.v1.Orders/Place\","
            + "rpc_status_code=\"OK\"")
        .contains("rpc_client_call_duration_seconds_count{error_type=\"UNAVAILABLE\"");
  }

  private List<String> keys() {
    KeyValues values = this.convention.getLowCardinalityKeyValues(this.context);
    return values.stream().map(value -> value.getKey() + "=" + value.getValue()).toList();
  }
}
