// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.foreign;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.internal.channel.FakePolicy;
import dev.clientconn.testing.TextMethods;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A place where foreign code runs: how a fault gets there, and what the call ends with that meets
 * it.
 */
final class Place {
  final String name;
  final Consumer<Setup> install;
  /** By kind of fault; {@code OK} where the call goes on. */
  final Map<Fault.Kind, Code> ends = new EnumMap<>(Fault.Kind.class);

  /** Whether the caller gets what is thrown, from a method of the call or of the channel. */
  boolean throwsToCaller;

  /** Whether the call has been started below when it does. */
  boolean startsBefore;

  /** Whether calls must find no free stream slot for the fault to be met. */
  boolean waitsForSlot;

  /** Around one channel and its calls; the defaults are well-behaved. */
  static final class Setup {
    final Fault fault;
    final ClientConnBuilder builder;
    final FakePolicy policy;
    CallOptions options = CallOptions.DEFAULT;
    MethodDescriptor.Marshaller<String> marshaller = new TextMethods.TextMarshaller();
    EchoCall.@Nullable Listening listening;
    Consumer<ClientConn> afterBuild = conn -> {};

    Setup(Fault fault, ClientConnBuilder builder, FakePolicy policy) {
      this.fault = fault;
      this.builder = builder;
      this.policy = policy;
    }

    void withPolicy() {
      builder.defaultLoadBalancingPolicy(FakePolicy.NAME);
    }
  }

  private Place(String name, Consumer<Setup> install) {
    this.name = name;
    this.install = install;
  }

  static Place of(String name, Consumer<Setup> install) {
    return new Place(name, install);
  }

  /** Ends with {@code code} whether an exception or an error is thrown. */
  Place endsWith(Code code) {
    return on(Fault.Kind.EXCEPTION, code).on(Fault.Kind.ERROR, code);
  }

  Place on(Fault.Kind kind, Code code) {
    ends.put(kind, code);
    return this;
  }

  Place throwsToCaller(boolean started) {
    throwsToCaller = true;
    startsBefore = started;
    return endsWith(Code.CANCELLED);
  }

  Place waitsForSlot() {
    waitsForSlot = true;
    return this;
  }

  @Override
  public String toString() {
    return name;
  }
}
