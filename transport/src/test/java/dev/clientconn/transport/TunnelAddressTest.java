// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.clientconn.transport.TunnelAddress.Protocol;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class TunnelAddressTest {

  private static final InetSocketAddress PROXY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 1080);

  private static final InetSocketAddress SERVER =
      InetSocketAddress.createUnresolved("greeter.example", 443);

  /** SOCKS4 ends each text with NUL: what follows would reach the server. */
  @Test
  void textsOfSocks4HaveNoNul() {
    InetSocketAddress server = InetSocketAddress.createUnresolved("greeter\0example", 443);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> TunnelAddress.through(Protocol.SOCKS4, PROXY, server))
        .withMessage("The host of the target must not contain NUL");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> TunnelAddress.through(Protocol.SOCKS4, PROXY, SERVER).withLogin("a\0b", null))
        .withMessage("The user of a SOCKS4 proxy must not contain NUL");
  }
}
