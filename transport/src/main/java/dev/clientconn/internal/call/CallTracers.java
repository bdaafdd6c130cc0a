// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.transport.ClientTransport;
import io.grpc.ClientStreamTracer;
import io.grpc.LoadBalancer.PickDetailsConsumer;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Arrays;
import java.util.List;

/**
 * Notifies the tracers of one attempt, in grpc-java's order; message sizes exclude the 5-byte
 * prefix. No method throws, except where tracers are created. Calls without tracers share {@link
 * #NONE}, whose methods do nothing.
 *
 * <p>Outbound events come from the thread that writes, inbound ones from the event loop, and
 * uncompressed sizes from the call's executor, so no counter is written by two threads.
 */
@CrossesThreads
final class CallTracers implements PickDetailsConsumer {
  static final CallTracers NONE = new CallTracers(new GuardedTracer[0]);

  private final GuardedTracer[] tracers;
  private int sent;
  private int received;

  private CallTracers(GuardedTracer[] tracers) {
    this.tracers = tracers;
  }

  /** Throws what a factory throws, after closing the tracers that the factories before it made. */
  static CallTracers create(CallPlan plan, boolean transparentRetry) {
    List<ClientStreamTracer.Factory> factories = plan.getCallOptions().getStreamTracerFactories();
    if (factories.isEmpty()) {
      return NONE;
    }
    ClientStreamTracer.StreamInfo info = info(plan, transparentRetry);
    GuardedTracer[] made = new GuardedTracer[factories.size()];
    for (int i = 0; i < made.length; i++) {
      try {
        made[i] = make(factories.get(i), info, plan);
      } catch (Throwable t) {
        new CallTracers(Arrays.copyOf(made, i))
            .streamClosed(Status.INTERNAL
                .withDescription("Another tracer could not be made: " + t)
                .withCause(t));
        throw t;
      }
    }
    return new CallTracers(made);
  }

  /** These tracers and the load-balancing policy's, which is notified last. */
  CallTracers with(ClientStreamTracer.Factory factory, CallPlan plan, boolean transparentRetry) {
    GuardedTracer[] more = Arrays.copyOf(tracers, tracers.length + 1);
    more[tracers.length] = make(factory, info(plan, transparentRetry), plan);
    return new CallTracers(more);
  }

  private static GuardedTracer make(
      ClientStreamTracer.Factory factory, ClientStreamTracer.StreamInfo info, CallPlan plan) {
    return new GuardedTracer(factory.newClientStreamTracer(info, plan.getHeaders()), factory);
  }

  private static ClientStreamTracer.StreamInfo info(CallPlan plan, boolean transparentRetry) {
    return ClientStreamTracer.StreamInfo.newBuilder()
        .setCallOptions(plan.getCallOptions())
        .setPreviousAttempts(plan.previousAttempts())
        .setIsTransparentRetry(transparentRetry)
        .setIsHedging(
            !transparentRetry && plan.previousAttempts() > 0 && plan.maxHedgedAttempts() > 1)
        .build();
  }

  void streamCreated(ClientTransport transport, Metadata headers) {
    for (GuardedTracer tracer : tracers) {
      tracer.streamCreated(transport.attributes(), headers);
    }
  }

  /** The attempt begins to wait for a connection. */
  void createPendingStream() {
    for (GuardedTracer tracer : tracers) {
      tracer.createPendingStream();
    }
  }

  /** A label that the picker gives its choice. */
  @Override
  public void addOptionalLabel(String key, String value) {
    for (GuardedTracer tracer : tracers) {
      tracer.addOptionalLabel(key, value);
    }
  }

  void outboundHeaders() {
    for (GuardedTracer tracer : tracers) {
      tracer.outboundHeaders();
    }
  }

  void outboundMessage(FramedMessage message) {
    if (tracers.length == 0) {
      return;
    }
    int number = sent++;
    for (GuardedTracer tracer : tracers) {
      tracer.outbound(number, message.wireSize(), message.uncompressedSize());
    }
  }

  void inboundHeaders(Metadata headers) {
    for (GuardedTracer tracer : tracers) {
      tracer.inboundHeaders(headers);
    }
  }

  void inboundMessage(int wireSize, boolean compressed) {
    if (tracers.length == 0) {
      return;
    }
    int number = received++;
    for (GuardedTracer tracer : tracers) {
      tracer.inbound(number, wireSize, compressed ? -1 : wireSize);
    }
  }

  /** The plain size of a compressed message, known when the application takes it. */
  void inboundUncompressedSize(int bytes) {
    for (GuardedTracer tracer : tracers) {
      tracer.inboundUncompressedSize(bytes);
    }
  }

  void inboundTrailers(Metadata trailers) {
    for (GuardedTracer tracer : tracers) {
      tracer.inboundTrailers(trailers);
    }
  }

  /** Notifies each tracer once, though a cancel and the stream's end may both call this. */
  void streamClosed(Status status) {
    for (GuardedTracer tracer : tracers) {
      tracer.streamClosed(status);
    }
  }
}
