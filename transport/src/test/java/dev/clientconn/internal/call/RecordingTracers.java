// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Creates tracers that record their events in one list. */
public final class RecordingTracers extends ClientStreamTracer.Factory {
  public static final Metadata.Key<String> KEY =
      Metadata.Key.of("traced", Metadata.ASCII_STRING_MARSHALLER);

  public final List<String> events = new ArrayList<>();
  public boolean addsHeader;
  /** Runs when a tracer has been asked for. */
  public Runnable duringNew = () -> {};

  public @Nullable CallOptions options;
  /** The context that streamCreated ran in. */
  public @Nullable Context contextOfCreated;

  @Override
  public ClientStreamTracer newClientStreamTracer(
      ClientStreamTracer.StreamInfo info, Metadata headers) {
    String number = info.getPreviousAttempts() == 0 ? "" : " " + info.getPreviousAttempts();
    String kind = info.isTransparentRetry() ? " again" : info.isHedging() ? " hedge" : "";
    events.add("new" + number + kind);
    options = info.getCallOptions();
    duringNew.run();
    return new Tracer();
  }

  private final class Tracer extends ClientStreamTracer {
    @Override
    public void streamCreated(Attributes transportAttributes, Metadata headers) {
      events.add("created");
      contextOfCreated = Context.current();
      if (addsHeader) {
        headers.put(KEY, "yes");
      }
    }

    @Override
    public void createPendingStream() {
      events.add("pending");
    }

    @Override
    public void addOptionalLabel(String key, String value) {
      events.add("label(" + key + "=" + value + ")");
    }

    @Override
    public void outboundHeaders() {
      events.add("outboundHeaders");
    }

    @Override
    public void inboundHeaders() {
      events.add("inboundHeaders");
    }

    @Override
    public void inboundTrailers(Metadata trailers) {
      events.add("inboundTrailers");
    }

    @Override
    public void streamClosed(Status status) {
      events.add("closed(" + status.getCode() + ")");
    }

    @Override
    public void outboundMessage(int number) {
      events.add("outboundMessage(" + number + ")");
    }

    @Override
    public void outboundMessageSent(int number, long wireSize, long uncompressedSize) {
      events.add("sent(" + number + "," + wireSize + "," + uncompressedSize + ")");
    }

    @Override
    public void outboundWireSize(long bytes) {
      events.add("outboundWire(" + bytes + ")");
    }

    @Override
    public void outboundUncompressedSize(long bytes) {
      events.add("outboundSize(" + bytes + ")");
    }

    @Override
    public void inboundMessage(int number) {
      events.add("inboundMessage(" + number + ")");
    }

    @Override
    public void inboundMessageRead(int number, long wireSize, long uncompressedSize) {
      events.add("read(" + number + "," + wireSize + "," + uncompressedSize + ")");
    }

    @Override
    public void inboundWireSize(long bytes) {
      events.add("inboundWire(" + bytes + ")");
    }

    @Override
    public void inboundUncompressedSize(long bytes) {
      events.add("inboundSize(" + bytes + ")");
    }
  }
}
