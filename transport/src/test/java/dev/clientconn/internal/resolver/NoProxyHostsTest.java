// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NoProxyHostsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*                     | any.example        | 443 | true",
        "example.com           | example.com        | 443 | true",
        "example.com           | EXAMPLE.com        | 443 | true",
        "Example.COM           | www.example.com    | 443 | true",
        "example.com           | myexample.com      | 443 | false",
        "example.com           | example.com.evil   | 443 | false",
        ".example.com          | www.example.com    | 443 | true",
        ".example.com          | example.com        | 443 | false",
        "*.example.com         | www.example.com    | 443 | true",
        "*.example.com         | example.com        | 443 | false",
        "example.com:8443      | example.com        | 8443 | true",
        "example.com:8443      | example.com        | 443 | false",
        "a.example, b.example  | b.example          | 443 | true",
        "a.example,,           | b.example          | 443 | false",
        "10.1.2.3              | 10.1.2.3           | 443 | true",
        "10.1.2.3              | 10.1.2.4           | 443 | false",
        "10.1.2.3:80           | 10.1.2.3           | 443 | false",
        "10.1.0.0/16           | 10.1.200.1         | 443 | true",
        "10.1.0.0/16           | 10.2.0.1           | 443 | false",
        "10.1.0.0/16           | ten.example        | 443 | false",
        "10.1.0.0/99           | 10.1.0.0           | 443 | false",
        "0.0.0.0/0             | 10.1.0.0           | 443 | true",
        "0.0.0.0/0             | fd00::1            | 443 | false",
        "fd00::/8              | fd12::1            | 443 | true",
        "fd00::/8              | fe80::1            | 443 | false",
        "fd00::1               | [fd00::1]          | 443 | true",
        "[fd00::1]:443         | fd00::1            | 443 | true",
        "[fd00::1]:443         | fd00::1            | 444 | false",
        "nonsense/x            | nonsense           | 443 | false",
      })
  void excludesWhatTheListNames(String list, String host, int port, boolean excluded) {
    assertThat(NoProxyHosts.parse(list).excludes(host, port)).isEqualTo(excluded);
  }

  @Test
  void excludesNothingWithoutAList() {
    assertThat(NoProxyHosts.parse(null).excludes("example.com", 443)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "localhost,true",
    "LOCALHOST,true",
    "a.localhost,true",
    "127.0.0.1,true",
    "127.9.9.9,true",
    "::1,true",
    "[::1],true",
    "10.0.0.1,false",
    "notlocalhost,false",
    "127.0.0.1.example,false"
  })
  void knowsThisMachine(String host, boolean local) {
    assertThat(NoProxyHosts.isLocal(host)).isEqualTo(local);
  }
}
