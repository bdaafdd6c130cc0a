// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.channel.ChannelHarness;
import io.grpc.NameResolverRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetUriTest {

  @Conforms("C140")
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "localhost:8080              | dns    | dns:///localhost:8080",
        "greeter                     | dns    | dns:///greeter",
        "greeter.example:            | dns    | dns:///greeter.example:",
        "10.0.0.1:443                | dns    | dns:///10.0.0.1:443",
        "[::1]:8080                  | dns    | dns:///%5B::1%5D:8080",
        "my_host:80                  | dns    | dns:///my_host:80",
        "dns:///greeter:9090         | dns    | dns:///greeter:9090",
        "DNS:///greeter:9090         | dns    | DNS:///greeter:9090",
        "dns://8.8.8.8/greeter:9090  | dns    | dns://8.8.8.8/greeter:9090",
        "static://a:1,b:2            | static | static://a:1,b:2",
        "static://[::1]:1            | static | static://[::1]:1",
        "static://[::1]:1,[::2]:2    | static | static://%5B::1%5D:1,%5B::2%5D:2",
      })
  void findsTheSchemesProviderOrGoesToDns(String target, String scheme, String uri) {
    TargetUri parsed = TargetUri.parse(target, NameResolverRegistry.getDefaultRegistry());

    assertThat(parsed.text()).isEqualTo(target);
    assertThat(parsed.provider().getDefaultScheme()).isEqualTo(scheme);
    assertThat(parsed.uri()).hasToString(uri);
  }

  @Conforms("C141")
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "order_service_1:1           | order_service_1:1",
        "order_service_1             | order_service_1:80",
        "dns:///order_service_1:1    | order_service_1:1",
        "dns://8.8.8.8/a_b:1         | a_b:1",
        "dns:plain:1                 | plain:1",
        "dns:///-x-.a..b:1           | -x-.a..b:1",
        "bücher.example:1            | xn--bcher-kva.example:1",
        "dns:///b%C3%BCcher.de:1     | xn--bcher-kva.de:1",
        "[::1%lo]:1                  | [::1%lo]:1",
        "dns:///[::1%25lo]:1         | [::1%lo]:1",
        "dns:///[::1%lo]:1           | [::1%lo]:1",
        "dns:///[fe80::1%eb0]:1      | [fe80::1%eb0]:1",
      })
  void takesEveryHostThatTheOperatingSystemMayKnow(String target, String authority) {
    assertThat(new ChannelHarness().target(target).control().authority()).isEqualTo(authority);
  }

  @Conforms("C142")
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "dns:50051            | write dns:///host:50051, or dns:///dns:50051 if the host's name is",
        "dns:///host:x        | port 'x', which is not a number from 1 to 65535; write host:port",
        "dns:///host:65536    | port '65536'",
        "dns:///:1            | ':1' has no host",
        "dns:///              | an entry is empty",
        "::1:80               | '::1:80' is an IPv6 address without brackets",
        "dns:///a/b:1         | 'a/b:1' is no host and port",
        "dns:///my service:1  | 'dns:///my service:1' is no host and port",
        "user@host:1          | 'user@host:1' is no host and port",
        "localhost;9090       | 'localhost;9090' is no host and port: no host name has ';'; write",
        "dns:///a;1           | 'a;1' is no host and port: no host name has ';'",
        "dns:///a&b:1         | no host name has '&'",
        "dns:///a%25b:1       | no host name has '%'",
        "a.example：1          | no host name has ':'",
        "[::1;9090]:1         | '[::1;9090]:1' has no IPv6 address in its brackets",
        "[localhost]:1        | has no IPv6 address in its brackets",
      })
  void saysWhatIsWrongWithADnsTarget(String target, String message) {
    assertThatThrownBy(() -> new ChannelHarness().target(target).control())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Target '" + target + "'")
        .hasMessageContaining(message);
  }

  @Conforms("C140")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "consul://agent/greeter",
        "xds:///greeter",
        "in-process:greeter",
        "a.example:1,b.example:2"
      })
  void refusesASchemeThatNobodyKnowsAndSaysWhatToWrite(String target) {
    assertThatThrownBy(() -> TargetUri.parse(target, NameResolverRegistry.getDefaultRegistry()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + target + "'")
        .hasMessageContaining("static://host1:port1,host2:port2");
  }

  @Test
  void saysWhichArtifactIsMissingWhenThereIsNoResolverAtAll() {
    assertThatThrownBy(() -> TargetUri.parse("host:1", new NameResolverRegistry()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("io.grpc:grpc-core");
  }
}
