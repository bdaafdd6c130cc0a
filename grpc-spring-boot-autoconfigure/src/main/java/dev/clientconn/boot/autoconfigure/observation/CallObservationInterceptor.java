// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.observation;

import dev.clientconn.boot.autoconfigure.interceptor.TargetedInterceptor;
import dev.clientconn.boot.observation.GrpcTargetObservationContext;
import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.transport.CallReport;
import dev.clientconn.transport.CallReportListener;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationConvention;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcClientInterceptor;
import io.micrometer.observation.Observation;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Observes calls as Micrometer's interceptor does, in whose place Spring Boot uses it: same names,
 * keys, events and propagation. In addition, it knows the target, ends each observation exactly
 * once, and keeps exceptions of conventions and handlers from the call; Micrometer's stops twice
 * when a call that threw is cancelled, and a convention that throws at the end of a call leaves the
 * call without an end.
 */
@CrossesThreads
final class CallObservationInterceptor extends ObservationGrpcClientInterceptor
    implements TargetedInterceptor {

  /** The same key as that of the meters of the transport, so that queries can join them. */
  static final String TARGET = "target";

  private final ObservationOptions options;

  private volatile @Nullable GuardedConvention convention;

  private final ClientInterceptor withoutTarget;

  /**
   * Creates the interceptor.
   *
   * @param convention null for that of the registry, or else Micrometer's
   */
  CallObservationInterceptor(
      ObservationOptions options, @Nullable GrpcClientObservationConvention convention) {
    super(options.registry());
    this.options = options;
    this.convention = guarded(convention);
    this.withoutTarget = new OfTarget(null);
  }

  @Override
  public void setCustomConvention(@Nullable GrpcClientObservationConvention convention) {
    this.convention = guarded(convention);
  }

  private @Nullable GuardedConvention guarded(@Nullable GrpcClientObservationConvention foreign) {
    return foreign == null ? null : new GuardedConvention(foreign, this.options.failures());
  }

  @Override
  public ClientInterceptor forTarget(String target) {
    return new OfTarget(target);
  }

  @Override
  public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
      MethodDescriptor<ReqT, RespT> method, CallOptions callOptions, Channel next) {
    return this.withoutTarget.interceptCall(method, callOptions, next);
  }

  /** Without a convention of a bean, a global one of the registry applies, or Micrometer's. */
  private Observation create(GrpcTargetObservationContext context) {
    return Observation.createNotStarted(
        this.convention, GuardedConvention.DEFAULT, () -> context, this.options.registry());
  }

  /** Sets a header of the carrier, which replaces one of the application. */
  private static void setHeader(@Nullable Metadata headers, String name, String value) {
    if (headers != null) {
      Metadata.Key<String> key = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
      headers.removeAll(key);
      headers.put(key, value);
    }
  }

  /** The host and port of an authority; null and -1 if it has none. */
  private record Peer(String authority, @Nullable String host, int port) {

    static Peer of(String authority) {
      try {
        URI uri = new URI(null, authority, null, null, null);
        return new Peer(authority, uri.getHost(), uri.getPort());
      } catch (URISyntaxException noHost) {
        return new Peer(authority, null, -1);
      }
    }
  }

  /** Observes the calls of one target. */
  @CrossesThreads
  private final class OfTarget implements ClientInterceptor {

    private final @Nullable String target;

    private final KeyValue tag;

    /** The peer of the last call: the authority of a channel rarely changes. */
    private volatile @Nullable Peer peer;

    OfTarget(@Nullable String target) {
      this.target = target;
      this.tag = KeyValue.of(TARGET, target == null ? KeyValue.NONE_VALUE : target);
    }

    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
        MethodDescriptor<ReqT, RespT> method, CallOptions callOptions, Channel next) {
      ObservationOptions options = CallObservationInterceptor.this.options;
      if (options.registry().isNoop()) {
        return next.newCall(method, callOptions);
      }
      GrpcTargetObservationContext context = context(method, next);
      Observation observation;
      try {
        observation = create(context);
      } catch (Throwable thrown) {
        options.failures().log("a predicate of observations", thrown);
        return next.newCall(method, callOptions);
      }
      if (observation.isNoop()) {
        return next.newCall(method, callOptions);
      }
      CallObservation observed = new CallObservation(observation, context, options);
      CallOptions reporting =
          options.waits() == null ? callOptions : reporting(callOptions, observed);
      return new ObservedCall<>(next.newCall(method, reporting), observed);
    }

    private static CallOptions reporting(CallOptions callOptions, CallObservation observed) {
      CallReportListener other = callOptions.getOption(CallReport.LISTENER);
      CallReportListener listener = other == null
          ? observed
          : report -> {
            observed.callEnded(report);
            other.callEnded(report);
          };
      return callOptions.withOption(CallReport.LISTENER, listener);
    }

    private GrpcTargetObservationContext context(MethodDescriptor<?, ?> method, Channel next) {
      GrpcTargetObservationContext context =
          new GrpcTargetObservationContext(this.target, CallObservationInterceptor::setHeader);
      if (CallObservationInterceptor.this.options.targetTag()) {
        context.addLowCardinalityKeyValue(this.tag);
      } else {
        context.addHighCardinalityKeyValue(this.tag);
      }
      String service = method.getServiceName();
      String bareName = method.getBareMethodName();
      if (service != null) {
        context.setServiceName(service);
      }
      if (bareName != null) {
        context.setMethodName(bareName);
      }
      context.setFullMethodName(method.getFullMethodName());
      context.setMethodType(method.getType());
      Peer peer = peer(next.authority());
      context.setAuthority(peer.authority);
      context.setPeerName(peer.host);
      context.setPeerPort(peer.port);
      return context;
    }

    private Peer peer(@Nullable String ofChannel) {
      String authority = ofChannel == null ? "" : ofChannel;
      Peer known = this.peer;
      if (known == null || !known.authority.equals(authority)) {
        known = Peer.of(authority);
        this.peer = known;
      }
      return known;
    }
  }
}
