// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.ClientTransportFilter;
import io.grpc.Grpc;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class TransportFiltersTest extends PeerTest {
  private static final Attributes.Key<String> KEY = Attributes.Key.create("key");

  private final List<String> calls = new ArrayList<>();

  /**
   * Writes down what it is called with, and returns what {@code change} makes of the attributes.
   */
  private ClientTransportFilter filter(String name, UnaryOperator<Attributes> change) {
    return new ClientTransportFilter() {
      @Override
      public Attributes transportReady(Attributes attributes) {
        calls.add(name + " ready " + attributes.get(KEY));
        return change.apply(attributes);
      }

      @Override
      public void transportTerminated(Attributes attributes) {
        calls.add(name + " terminated " + attributes.get(KEY));
      }

      @Override
      public String toString() {
        return name;
      }
    };
  }

  private static Attributes with(Attributes attributes, String value) {
    return attributes.toBuilder().set(KEY, value).build();
  }

  @Test
  void eachFilterSeesTheAttributesOfTheOneBeforeIt() {
    Http2Peer peer = ready(s ->
        s.filters = List.of(filter("a", a -> with(a, "1")), filter("b", a -> with(a, "2"))));

    assertThat(calls).containsExactly("a ready null", "b ready 1");
    assertThat(peer.owner.attributes.get(KEY)).isEqualTo("2");
    assertThat(peer.owner.attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)).isNotNull();
    assertThat(peer.transport.attributes()).isEqualTo(peer.owner.attributes);

    peer.transport.shutdownNow(Status.UNAVAILABLE);
    peer.loop.run();

    assertThat(calls).endsWith("a terminated 2", "b terminated 2").hasSize(4);
  }

  @Test
  void aConnectionThatNeverIsReadyPassesNoFilter() {
    Http2Peer peer = connecting(s -> s.filters = List.of(filter("a", a -> a)));

    peer.transport.shutdownNow(Status.UNAVAILABLE);
    peer.loop.run();

    assertThat(peer.owner.phases).containsExactly("terminated");
    assertThat(calls).isEmpty();
  }

  @Test
  void aFilterThatThrowsFailsItsConnection() {
    Http2Peer peer = connecting(s -> s.filters = List.of(filter("a", a -> a), filter("b", a -> {
      throw new NoClassDefFoundError("pool/Gauge");
    })));

    peer.sendsSettings(s -> {});

    assertThat(peer.owner.phases).containsExactly("terminated");
    assertThat(peer.owner.terminated.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(peer.owner.terminated.getDescription())
        .contains("transport filter b threw java.lang.NoClassDefFoundError: pool/Gauge");
    assertThat(calls).containsExactly("a ready null", "b ready null", "a terminated null");
  }

  @Test
  @SuppressWarnings("NullAway")
  void aFilterThatReturnsNullFailsItsConnection() {
    Http2Peer peer = connecting(s -> s.filters = List.of(filter("a", a -> null)));

    peer.sendsSettings(s -> {});

    assertThat(peer.owner.terminated.getDescription()).contains("transport filter a returned null");
  }

  @Test
  void whatAFilterThrowsAtTheEndIsNotTheOthersConcern() {
    ClientTransportFilter bad = new ClientTransportFilter() {
      @Override
      public void transportTerminated(Attributes attributes) {
        throw new AssertionError("bad filter");
      }
    };
    Http2Peer peer = ready(s -> s.filters = List.of(bad, filter("b", a -> a)));

    peer.transport.shutdownNow(Status.UNAVAILABLE);
    peer.loop.run();

    assertThat(peer.owner.phases).endsWith("terminated");
    assertThat(calls).endsWith("b terminated null");
  }
}
