// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.call.FakeSelector;
import dev.clientconn.internal.channel.ChannelConfiguration;
import dev.clientconn.internal.channel.ChannelHarness;
import dev.clientconn.internal.channel.FakePolicy;
import dev.clientconn.internal.concurrent.ChannelThreads;
import dev.clientconn.testing.ByteMethods;
import dev.clientconn.testing.FakeConnector;
import dev.clientconn.testing.FakeTransport;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.InternalConfigSelector;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Channels whose name resolver selects the config of each call, as an xDS resolver does. */
class ConfigSelectorTest {
  private static final MethodDescriptor<byte[], byte[]> METHOD =
      ByteMethods.unary("pkg.Greeter/Hello");

  private final ChannelHarness fakes = new ChannelHarness();
  private final List<FakeConnector> connectors = new ArrayList<>();
  private final FakeSelector selector = new FakeSelector().timeout("1s");

  private ClientConn open() {
    return ClientConn.open(configuration());
  }

  private ChannelConfiguration configuration() {
    return new ChannelConfiguration(
        fakes.options(),
        () -> {
          connectors.add(new FakeConnector());
          return connector();
        },
        () -> new ChannelThreads(
            Runnable::run, Runnable::run, fakes.clock, fakes.clock::nanoTime, () -> {}),
        new Object());
  }

  private FakeConnector connector() {
    return connectors.get(connectors.size() - 1);
  }

  private Status send(FakeSelector with) {
    return fakes.resolver.send(
        Attributes.newBuilder().set(InternalConfigSelector.KEY, with).build(), 1);
  }

  private static List<Status> call(ClientConn conn) {
    List<Status> ends = new ArrayList<>();
    ClientCall<byte[], byte[]> call = conn.newCall(METHOD, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            ends.add(status);
          }
        },
        new Metadata());
    call.request(2);
    call.sendMessage(new byte[1]);
    call.halfClose();
    return ends;
  }

  private static void assertSelected(FakeTransport by, boolean selected) {
    assertThat(by.last().headers.deadline() != null).isEqualTo(selected);
  }

  @Conforms("C096")
  @Test
  void selectsTheConfigOfEveryCallFromTheFirstOn() {
    ClientConn conn = open();
    call(conn);

    assertThat(send(selector).isOk()).isTrue();
    connector().last().ready();
    assertSelected(connector().last(), true);
    call(conn);

    assertSelected(connector().last(), true);
    assertThat(selector.selections).hasSize(2);
  }

  @Test
  void isIgnoredWhereTheConfigsOfTheResolverAreIgnored() {
    fakes.withoutLookUp();
    ClientConn conn = open();
    call(conn);

    assertThat(send(selector).isOk()).isTrue();
    connector().last().ready();
    call(conn);

    assertSelected(connector().last(), false);
    assertThat(selector.selections).isEmpty();
  }

  @Test
  void nextResultMayHaveAnotherSelectorOrNone() {
    ClientConn conn = open();
    call(conn);
    send(selector);
    connector().last().ready();
    FakeSelector other = new FakeSelector().failing(Status.UNAVAILABLE);

    send(other);
    assertThat(call(conn)).singleElement().extracting(Status::getCode).isEqualTo(Code.UNAVAILABLE);
    fakes.resolver.send(1);
    call(conn);

    assertSelected(connector().last(), false);
    assertThat(selector.selections).hasSize(1);
  }

  @Test
  void staysWithTheLastConfigWhereTheNextIsInvalid() {
    ClientConn conn = open();
    call(conn);
    send(selector);
    connector().last().ready();

    fakes.resolver.send(Map.of("methodConfig", "none"), 1);
    call(conn);

    assertThat(selector.selections).hasSize(2);
  }

  @Test
  void callOfAnIdleChannelWaitsForTheSelectorOfTheNextResolver() {
    ClientConn conn = open();
    call(conn);
    send(selector);
    connector().last().ready();
    conn.enterIdle();

    List<Status> ends = call(conn);
    assertThat(ends).isEmpty();
    assertThat(selector.selections).as("its resolver was shut down").hasSize(1);
    FakeSelector next = new FakeSelector().timeout("1s");
    send(next);
    connector().last().ready();

    assertThat(next.selections).hasSize(1);
    assertSelected(connector().last(), true);
  }

  @Test
  void belongsToTheConfigurationInForce() {
    ClientConn conn = open();
    call(conn);
    send(selector);
    connector().last().ready();

    conn.reconfigure(configuration());
    fakes.resolver.send(2);
    call(conn);
    assertThat(selector.selections).as("the new one has no connection yet").hasSize(2);
    connector().last().ready();
    call(conn);
    assertSelected(connector().last(), false);

    conn.reconfigure(configuration());
    send(selector);
    connector().last().ready();
    call(conn);
    assertSelected(connector().last(), true);
  }

  @Test
  void callsEndWithTheChannel() {
    ClientConn conn = open();
    List<Status> waiting = call(conn);
    send(selector);
    selector.duringIntercept = conn::shutdownNow;

    List<Status> racing = call(conn);
    List<Status> late = call(conn);

    for (List<Status> ends : List.of(waiting, racing, late)) {
      assertThat(ends).singleElement().extracting(Status::getCode).isEqualTo(Code.UNAVAILABLE);
    }
    assertThat(conn.isTerminated()).isTrue();
  }

  @Test
  void policyWithoutAddressesMayFindServersItselfAndItsStatusStays() {
    ClientConn conn = open();
    List<Status> ends = call(conn);

    Status status = fakes.resolver.send(
        Attributes.newBuilder().set(InternalConfigSelector.KEY, selector).build());

    assertThat(status.getDescription()).contains("NameResolver returned no usable address");
    assertThat(ends)
        .singleElement()
        .extracting(Status::getDescription)
        .asString()
        .contains("NameResolver returned no usable address");
  }

  @Test
  void isNotAskedForCallsOfAChannelThatFailed() {
    FakePolicy policy = new FakePolicy();
    policy.register();
    try {
      fakes.policy(FakePolicy.NAME);
      ClientConn conn = open();
      call(conn);
      send(selector);
      policy.throwFrom("acceptResolvedAddresses", new IllegalStateException("broken"));
      send(selector);

      assertThat(call(conn)).singleElement().extracting(Status::getCode).isEqualTo(Code.INTERNAL);
      assertThat(selector.selections).hasSize(1);
    } finally {
      policy.deregister();
    }
  }
}
