// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.NameResolverRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetUriTest {

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
