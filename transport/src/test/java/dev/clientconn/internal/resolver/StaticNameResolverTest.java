// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.channel.ChannelHarness;
import dev.clientconn.internal.channel.FakePick;
import dev.clientconn.testing.FakeTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StaticNameResolverTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "static://10.0.0.1:1,10.0.0.2:2   | 10.0.0.1:1",
        "static:///10.0.0.1:1,10.0.0.2:2  | 10.0.0.1:1",
        "static:10.0.0.1:1,10.0.0.2:2     | 10.0.0.1:1",
        "static://[::1]:1,[::2]:2         | [::1]:1",
        "static:[::1]:1                   | [::1]:1",
        "static://one.example:1, two:2    | one.example:1",
        "static://order_service_1:1       | order_service_1:1",
        "static://bücher.example:1        | xn--bcher-kva.example:1",
        "static://[::1%lo]:1              | [::1%lo]:1",
        "static://[::1%lo]:1,[::2%25a]:2  | [::1%lo]:1",
      })
  void takesTheFirstEntryAsAuthority(String target, String authority) {
    assertThat(new ChannelHarness().target(target.replace(" ", "")).control().authority())
        .isEqualTo(authority);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "static://one,two:2      | 'one' has no port",
        "static://one:1,two      | 'two' has no port",
        "static://one:1,two:     | 'two:' has no port",
        "static://one:1,,two:2   | an entry is empty",
        "static:///              | an entry is empty",
        "static://:1             | ':1' has no host",
        "static://one:0          | port '0', which is not a number from 1 to 65535",
        "static://one:65536      | port '65536'",
        "static://one:grpc       | port 'grpc'",
        "static:::1:80           | '::1:80' is an IPv6 address without brackets",
        "static:[::1]            | '[::1]' has no port",
        "static://one:1;two:2    | 'one:1;two:2' is no host and port: no host name has ';'",
      })
  void refusesAnEntryThatIsNoHostAndPort(String target, String message) {
    assertThatThrownBy(() -> new ChannelHarness().target(target).control())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("write static://host1:port1,host2:port2");
  }

  @Conforms("C028")
  @Test
  void connectsToEachServerUnderItsOwnName() {
    ChannelHarness harness =
        new ChannelHarness().target("static://10.0.0.1:1,10.0.0.2:2").policy("round_robin");

    harness.connect();

    assertThat(harness.connector.dials)
        .extracting(dial -> dial.authority)
        .containsExactlyInAnyOrder("10.0.0.1:1", "10.0.0.2:2");
  }

  @Conforms("C028")
  @Test
  void overriddenAuthorityBeatsTheServersOwnNames() {
    ChannelHarness harness = new ChannelHarness()
        .target("static://10.0.0.1:1,10.0.0.2:2")
        .policy("round_robin")
        .authority("greeter.example");

    harness.connect();

    assertThat(harness.connector.dials)
        .hasSize(2)
        .allSatisfy(dial -> assertThat(dial.authority).isEqualTo("greeter.example"));
  }

  @Conforms("C145")
  @Test
  void leavesOutAServerThatCannotBeResolvedButNotTheOthers() {
    ChannelHarness harness =
        new ChannelHarness().target("static://no-such-host.invalid:1,10.0.0.2:2");

    harness.connect();

    assertThat(harness.connector.dials).extracting(FakeTransport::port).containsExactly(2);
  }

  @Test
  void failsCallsWithTheHostsNameWhenNoneCanBeResolved() {
    ChannelHarness harness = new ChannelHarness().target("static://no-such-host.invalid:1");

    FakePick call = harness.call();

    assertThat(call.failed().getDescription())
        .contains("No host of the target could be resolved: no-such-host.invalid:1");
    assertThat(harness.clock.pendingTimers()).as("a retry is due").isEqualTo(1);
  }
}
