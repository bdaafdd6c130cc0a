// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.testing.Throwing;
import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Makes tracers that throw from the event of one name, and records the events that they get. */
public final class BrokenTracers extends ClientStreamTracer.Factory {
  /** Every event of a unary call with a compressed response that has waited for a connection. */
  public static final List<String> EVENTS = List.of(
      "newClientStreamTracer",
      "createPendingStream",
      "addOptionalLabel",
      "streamCreated",
      "outboundHeaders",
      "outboundMessage",
      "outboundMessageSent",
      "outboundWireSize",
      "outboundUncompressedSize",
      "inboundHeaders",
      "inboundMessage",
      "inboundWireSize",
      "inboundMessageRead",
      "inboundUncompressedSize",
      "inboundTrailers",
      "streamClosed");

  public final List<String> events = Collections.synchronizedList(new ArrayList<>());
  private final String broken;
  private final Throwable failure;

  /**
   * @param broken the event to throw from
   * @param failure a RuntimeException or an Error
   */
  public BrokenTracers(String broken, Throwable failure) {
    this.broken = broken;
    this.failure = failure;
  }

  private void on(String event) {
    events.add(event);
    if (event.equals(broken)) {
      throw Throwing.raise(failure);
    }
  }

  @Override
  public ClientStreamTracer newClientStreamTracer(
      ClientStreamTracer.StreamInfo info, Metadata headers) {
    on("newClientStreamTracer");
    return new Tracer();
  }

  private final class Tracer extends ClientStreamTracer {
    @Override
    public void streamCreated(Attributes transportAttributes, Metadata headers) {
      on("streamCreated");
    }

    @Override
    public void createPendingStream() {
      on("createPendingStream");
    }

    @Override
    public void addOptionalLabel(String key, String value) {
      on("addOptionalLabel");
    }

    @Override
    public void outboundHeaders() {
      on("outboundHeaders");
    }

    @Override
    public void inboundHeaders() {
      on("inboundHeaders");
    }

    @Override
    public void inboundTrailers(Metadata trailers) {
      on("inboundTrailers");
    }

    @Override
    public void streamClosed(Status status) {
      on("streamClosed");
    }

    @Override
    public void outboundMessage(int number) {
      on("outboundMessage");
    }

    @Override
    public void outboundMessageSent(int number, long wireSize, long uncompressedSize) {
      on("outboundMessageSent");
    }

    @Override
    public void outboundWireSize(long bytes) {
      on("outboundWireSize");
    }

    @Override
    public void outboundUncompressedSize(long bytes) {
      on("outboundUncompressedSize");
    }

    @Override
    public void inboundMessage(int number) {
      on("inboundMessage");
    }

    @Override
    public void inboundMessageRead(int number, long wireSize, long uncompressedSize) {
      on("inboundMessageRead");
    }

    @Override
    public void inboundWireSize(long bytes) {
      on("inboundWireSize");
    }

    @Override
    public void inboundUncompressedSize(long bytes) {
      on("inboundUncompressedSize");
    }
  }
}
