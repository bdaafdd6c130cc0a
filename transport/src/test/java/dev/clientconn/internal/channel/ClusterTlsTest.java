// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.testing.LoggedWarnings;
import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.StatusOr;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Servers for which an xDS control plane configures TLS. */
class ClusterTlsTest {
  private static final Attributes.Key<Object> TLS =
      Attributes.Key.create("io.grpc.xds.internal.security.SslContextProviderSupplier");
  private static final String TEXT = "the control plane configures TLS for this cluster";

  @RegisterExtension
  private final LoggedWarnings warnings = new LoggedWarnings();

  private final ChannelHarness harness = new ChannelHarness();

  private void send(Attributes attributes) {
    harness
        .resolver
        .last()
        .send(ResolutionResult.newBuilder()
            .setAddressesOrError(StatusOr.fromValue(List.of(new EquivalentAddressGroup(
                InetSocketAddress.createUnresolved("10.0.0.1", 1), attributes))))
            .build());
  }

  @Test
  void areCalledWithTheCredentialsOfTheChannelAfterOneWarning() {
    harness.policy("round_robin").connect();

    send(Attributes.newBuilder().set(TLS, "a context").build());
    send(Attributes.newBuilder().set(TLS, "another context").build());
    harness.connector.last().ready();

    assertThat(harness.call().picked()).isSameAs(harness.connector.last());
    assertThat(warnings.messages()).singleElement().asString().contains(TEXT);
  }

  @Test
  void sayWhatIsNotSupportedWhereTheyCannotBeReached() {
    FakePick call = harness.call();

    send(Attributes.newBuilder().set(TLS, "a context").build());
    harness.connector.last().fail("not an HTTP/2 server");

    assertThat(call.failed().getDescription())
        .startsWith("not an HTTP/2 server")
        .contains(TEXT)
        .contains("ssl.* of the target");
  }

  @Test
  void withoutSuchTlsNothingIsSaid() {
    FakePick call = harness.call();

    send(Attributes.EMPTY);
    harness.connector.last().fail("refused");

    assertThat(call.failed().getDescription()).isEqualTo("refused");
    assertThat(warnings.messages()).isEmpty();
  }
}
