// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.message.InboundMessage;
import dev.clientconn.internal.message.Messages;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.transport.WaitCause;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Records the events of a stream and which of them break the contract. Has demand at first. */
final class RecordingCall implements ClientStream.Listener {

  final List<String> events = new ArrayList<>();
  final List<byte[]> messages = new ArrayList<>();
  final List<String> violations = new ArrayList<>();
  boolean hasDemand = true;
  Runnable onBatchEnd = () -> {};
  Runnable onClosed = () -> {};
  Runnable beforeMessage = () -> {};
  Runnable beforeTimes = () -> {};
  Runnable onTimes = () -> {};
  int batches;
  Metadata trailers = new Metadata();

  @Nullable
  StreamProgress progress;

  private @Nullable ClientStream stream;
  private @Nullable Status status;
  private boolean started;
  private boolean headersSeen;
  private boolean hasEvents;

  void bind(ClientStream made) {
    stream = made;
  }

  RecordingCall start(byte @Nullable [] message, boolean endOfStream) {
    return startFramed(
        message == null ? null : Messages.framed(Http2Peer.framed(message)), endOfStream);
  }

  RecordingCall startFramed(@Nullable FramedMessage message, boolean endOfStream) {
    started = true;
    stream().start(message, endOfStream);
    return this;
  }

  RecordingCall write(byte[] message) {
    return writeFramed(Messages.framed(Http2Peer.framed(message)));
  }

  RecordingCall writeFramed(FramedMessage message) {
    stream().write(message);
    return this;
  }

  ClientStream stream() {
    return Objects.requireNonNull(stream);
  }

  boolean isClosed() {
    return status != null;
  }

  Status status() {
    return Objects.requireNonNull(status, () -> "not closed: " + events);
  }

  /** What has happened since the last time it was asked, batch ends left out. */
  List<String> takeEvents() {
    List<String> taken = events.stream().filter(e -> !e.equals("end")).toList();
    events.clear();
    return taken;
  }

  /** What is wrong with the call's life, now that its connection is gone. */
  List<String> complaints() {
    List<String> all = new ArrayList<>(violations);
    if (started && status == null) {
      all.add("never closed: " + events);
    }
    if (hasEvents) {
      all.add("no batch end after the last event: " + events);
    }
    return all;
  }

  @Override
  public void onHeaders(Metadata headers) {
    require(!headersSeen, "headers twice");
    require(messages.isEmpty(), "headers after a message");
    headersSeen = true;
    record("headers");
  }

  @Override
  public void onMessage(InboundMessage first) {
    beforeMessage.run();
    for (InboundMessage each = first; each != null; each = each.following()) {
      record(each);
    }
  }

  private void record(InboundMessage message) {
    byte[] body = Messages.bytes(message);
    require(headersSeen, "message before headers");
    messages.add(body);
    String text =
        body.length > 20 ? body.length + " bytes" : new String(body, StandardCharsets.UTF_8);
    record("message " + text + (message.isCompressed() ? " compressed" : ""));
  }

  @Override
  public boolean needsTimes(Status end, StreamProgress progressAtEnd) {
    beforeTimes.run();
    return true;
  }

  @Override
  public void onTimes(long @Nullable [] nanos, WaitCause last, long since, long now) {
    onTimes.run();
  }

  @Override
  public String method() {
    return Http2Peer.METHOD.getFullMethodName();
  }

  @Override
  public void onReady() {
    record("ready");
  }

  @Override
  public void onClosed(Status end, StreamProgress how, Metadata received) {
    record("closed " + end.getCode() + " " + how);
    status = end;
    progress = how;
    trailers = received;
    onClosed.run();
  }

  @Override
  public void onBatchEnd() {
    require(hasEvents, "a batch end without events");
    hasEvents = false;
    batches++;
    events.add("end");
    onBatchEnd.run();
  }

  @Override
  public boolean hasDemand() {
    return hasDemand;
  }

  @Override
  public void onDeadlineExceeded(String waitedFor, @Nullable String detail) {
    Status end = Status.DEADLINE_EXCEEDED.withDescription("waited for " + waitedFor);
    onClosed(
        detail == null ? end : end.augmentDescription(detail),
        StreamProgress.PROCESSED,
        new Metadata());
  }

  private void record(String event) {
    require(status == null, event + " after the end");
    hasEvents = true;
    events.add(event);
  }

  private void require(boolean condition, String violation) {
    if (!condition) {
      violations.add(violation);
    }
  }
}
