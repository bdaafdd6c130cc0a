// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.conformance.Conforms;
import io.grpc.EquivalentAddressGroup;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AddressIndexTest {

  private final AddressIndex index = new AddressIndex(List.of(group(1, 2), group(3)));

  @Conforms("C146")
  @Test
  void goesThroughTheAddressesOfAllGroupsAndBeginsAgain() {
    List<SocketAddress> seen = new ArrayList<>();
    do {
      seen.add(index.address());
    } while (index.next());

    assertThat(seen).containsExactly(address(1), address(2), address(3)).hasSize(index.size());
    assertThat(index.address()).isEqualTo(address(1));
  }

  @Test
  void staysAtItsAddressWhereverNewGroupsHaveIt() {
    index.next();

    assertThat(index.update(List.of(group(7), group(8, 2), group(9)))).isTrue();
    assertThat(index.address()).isEqualTo(address(2));
    assertThat(index.next()).isTrue();
    assertThat(index.address()).isEqualTo(address(9));
  }

  @Test
  void startsAtTheFirstOfNewGroupsWithoutItsAddress() {
    index.next();

    assertThat(index.update(List.of(group(7), group(8)))).isFalse();
    assertThat(index.address()).isEqualTo(address(7));
  }

  @Test
  void needsAnAddress() {
    assertThatThrownBy(() -> index.update(List.of())).hasMessageContaining("at least one address");
  }

  private static EquivalentAddressGroup group(int... ports) {
    return new EquivalentAddressGroup(
        IntStream.of(ports).mapToObj(AddressIndexTest::address).toList());
  }

  private static SocketAddress address(int port) {
    return InetSocketAddress.createUnresolved("host", port);
  }
}
