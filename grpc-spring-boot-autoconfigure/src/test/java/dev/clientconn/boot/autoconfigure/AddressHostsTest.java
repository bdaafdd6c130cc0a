// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressHostsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "localhost:9090",
        "LOCALHOST:9090",
        "127.0.0.1:9090",
        "127.8.9.10",
        "[::1]:9090",
        "::1",
        "dns:///localhost:9090",
        "dns:localhost:9090",
        "dns://8.8.8.8/127.0.0.1:9090",
        "static://localhost:1,127.0.0.1:2,[::1]:3",
        "static:///localhost:1",
        "unix:///run/greeter.sock",
        "unix:greeter.sock",
      })
  void thisMachineIsKnown(String address) {
    assertThat(AddressHosts.remote(address)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "greeter",
        "greeter.example:9090",
        "localhost.example:9090",
        "128.0.0.1:9090",
        "127.0.0.1.example.com:80",
        "0.0.0.0:1",
        "[::2]:9090",
        "dns:///greeter.example:9090",
        "dns://127.0.0.1/greeter.example:9090",
        "dns://localhost",
        "static://localhost:1,greeter.example:2",
        "tcp://localhost:1",
        "xds:///localhost",
        "discovery:///localhost",
        "https://localhost:443",
        "localhost:80,greeter:80",
      })
  void anyOtherHostIsRemote(String address) {
    assertThat(AddressHosts.remote(address)).isNotEmpty();
  }

  @Test
  void remoteHostsAreNamedAlone() {
    assertThat(AddressHosts.remote("static://localhost:1,a.example:2,10.0.0.7:3"))
        .containsExactly("a.example", "10.0.0.7");
  }
}
