// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.threading.CrossesThreads;
import dev.clientconn.internal.transport.ClientTransport;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The tracers of one attempt of a call, told as grpc-java tells them: message sizes leave the 5-byte prefix out. Calls
 * without tracers share {@link #NONE}, whose methods do nothing.
 */
@CrossesThreads
final class CallTracers {
  static final CallTracers NONE = new CallTracers(new ClientStreamTracer[0]);

  private final ClientStreamTracer[] tracers;
  private final AtomicBoolean closed = new AtomicBoolean();
  private int sent;
  private int received;

  private CallTracers(ClientStreamTracer[] tracers) {
    this.tracers = tracers;
  }

  static CallTracers create(CallPlan plan, boolean transparentRetry) {
    List<ClientStreamTracer.Factory> factories = plan.getCallOptions().getStreamTracerFactories();
    if (factories.isEmpty()) {
      return NONE;
    }
    ClientStreamTracer.StreamInfo info = info(plan, transparentRetry);
    ClientStreamTracer[] made = new ClientStreamTracer[factories.size()];
    for (int i = 0; i < made.length; i++) {
      made[i] = factories.get(i).newClientStreamTracer(info, plan.getHeaders());
    }
    return new CallTracers(made);
  }

  /** These and a balancer's, which comes last. */
  CallTracers with(ClientStreamTracer.Factory factory, CallPlan plan, boolean transparentRetry) {
    ClientStreamTracer[] more = Arrays.copyOf(tracers, tracers.length + 1);
    more[tracers.length] =
        factory.newClientStreamTracer(info(plan, transparentRetry), plan.getHeaders());
    return new CallTracers(more);
  }

  private static ClientStreamTracer.StreamInfo info(CallPlan plan, boolean transparentRetry) {
    return ClientStreamTracer.StreamInfo.newBuilder()
        .setCallOptions(plan.getCallOptions())
        .setIsTransparentRetry(transparentRetry)
        .build();
  }

  void streamCreated(ClientTransport transport, Metadata headers) {
    for (ClientStreamTracer tracer : tracers) {
      tracer.streamCreated(transport.attributes(), headers);
    }
  }

  void outboundHeaders() {
    for (ClientStreamTracer tracer : tracers) {
      tracer.outboundHeaders();
    }
  }

  void outboundMessage(FramedMessage message) {
    if (tracers.length == 0) {
      return;
    }
    int number = sent++;
    for (ClientStreamTracer tracer : tracers) {
      tracer.outboundMessage(number);
      tracer.outboundMessageSent(number, message.wireSize(), message.uncompressedSize());
      tracer.outboundWireSize(message.wireSize());
      tracer.outboundUncompressedSize(message.uncompressedSize());
    }
  }

  void inboundHeaders(Metadata headers) {
    for (ClientStreamTracer tracer : tracers) {
      tracer.inboundHeaders(headers);
    }
  }

  void inboundMessage(int wireSize, boolean compressed) {
    if (tracers.length == 0) {
      return;
    }
    int number = received++;
    for (ClientStreamTracer tracer : tracers) {
      tracer.inboundMessage(number);
      tracer.inboundWireSize(wireSize);
      tracer.inboundMessageRead(number, wireSize, compressed ? -1 : wireSize);
      if (!compressed) {
        tracer.inboundUncompressedSize(wireSize);
      }
    }
  }

  /** A compressed message's size, known when the application takes it. */
  void inboundUncompressedSize(int bytes) {
    for (ClientStreamTracer tracer : tracers) {
      tracer.inboundUncompressedSize(bytes);
    }
  }

  void inboundTrailers(Metadata trailers) {
    for (ClientStreamTracer tracer : tracers) {
      tracer.inboundTrailers(trailers);
    }
  }

  /** Once, though a cancel and the stream's own end may both come. */
  void streamClosed(Status status) {
    if (tracers.length == 0 || !closed.compareAndSet(false, true)) {
      return;
    }
    for (ClientStreamTracer tracer : tracers) {
      tracer.streamClosed(status);
    }
  }
}
