// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.testing;

import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.message.Messages;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.StreamParameters;
import dev.clientconn.internal.transport.StreamProgress;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records the commands of a call as short words, and lets a test act as the event loop. Each
 * method that delivers events is one batch; {@link #batch} combines several into one.
 */
public final class FakeStream implements ClientStream {
  private final FakeTransport transport;
  public final StreamParameters headers;
  public final ClientStream.Listener listener;
  public final List<String> commands = new ArrayList<>();
  public boolean ready = true;
  /** Whether it has one of the transport's slots. */
  boolean counted;

  public boolean confirmsCancel = true;
  /** Whether messages are sent when they are written, and not when the stream ends. */
  public boolean sends = true;

  private final List<FramedMessage> unsent = new ArrayList<>();
  public int consumed;
  public int demands;
  /** The message that was started or written last. */
  public byte[] lastFrame = {};

  public @Nullable Status cancelReason;
  /** What the stream ended with. */
  public @Nullable Status endStatus;

  private boolean inBatch;
  private boolean closed;

  FakeStream(FakeTransport transport, StreamParameters headers, ClientStream.Listener listener) {
    this.transport = transport;
    this.headers = headers;
    this.listener = listener;
  }

  @Override
  public void start(@Nullable FramedMessage message, boolean endOfStream) {
    commands.add("start(" + text(message) + (endOfStream ? ",end)" : ")"));
    transport.onStarted(this);
  }

  @Override
  public void write(FramedMessage message) {
    commands.add("write(" + text(message) + ")");
  }

  @Override
  public void halfClose() {
    commands.add("halfClose");
  }

  /**
   * Confirms at once, as a transport does when cancelled on its own loop, unless {@link
   * #confirmsCancel} is off.
   */
  @Override
  public void cancel(Status reason) {
    if (!closed) {
      commands.add("cancel(" + reason.getCode() + ")");
      cancelReason = reason;
      if (confirmsCancel) {
        close(reason, StreamProgress.PROCESSED);
      }
    }
  }

  @Override
  public boolean isReady() {
    return ready && !closed;
  }

  @Override
  public void consumed(int bytes) {
    consumed += bytes;
  }

  @Override
  public void onDemand() {
    demands++;
  }

  public void batch(Runnable events) {
    inBatch = true;
    events.run();
    inBatch = false;
    listener.onBatchEnd();
  }

  public void responseHeaders(String... keysAndValues) {
    Metadata metadata = new Metadata();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      metadata.put(
          Metadata.Key.of(keysAndValues[i], Metadata.ASCII_STRING_MARSHALLER),
          keysAndValues[i + 1]);
    }
    listener.onHeaders(metadata);
    endBatch();
  }

  public void message(String text) {
    message(text.getBytes(StandardCharsets.UTF_8), false);
  }

  public void message(byte[] body, boolean compressed) {
    listener.onMessage(Messages.inbound(body, compressed));
    endBatch();
  }

  public void becomeReady() {
    ready = true;
    listener.onReady();
    endBatch();
  }

  public void close(Status status) {
    close(status, StreamProgress.PROCESSED);
  }

  public void close(Status status, StreamProgress progress) {
    close(status, progress, new Metadata());
  }

  public void close(Status status, StreamProgress progress, Metadata trailers) {
    closed = true;
    endStatus = status;
    listener.onClosed(status, progress, trailers);
    releaseUnsent();
    endBatch();
    transport.onClosed(this);
  }

  /** Headers, one message and an OK in one read. */
  public void respond(String text) {
    batch(() -> {
      responseHeaders();
      message(text);
      close(Status.OK);
    });
  }

  public void passDeadline(String waitedFor) {
    closed = true;
    listener.onDeadlineExceeded(waitedFor, null);
    releaseUnsent();
    endBatch();
    transport.onClosed(this);
  }

  private void endBatch() {
    if (!inBatch) {
      listener.onBatchEnd();
    }
  }

  private void releaseUnsent() {
    unsent.forEach(FramedMessage::release);
    unsent.clear();
  }

  private String text(@Nullable FramedMessage message) {
    if (message == null) {
      return "";
    }
    byte[] frame = Messages.bytes(message);
    unsent.add(message);
    if (sends) {
      releaseUnsent();
    }
    lastFrame = frame;
    int length = ByteBuffer.wrap(frame, 1, 4).getInt();
    if (length != frame.length - 5) {
      throw new AssertionError("prefix says " + length + ", body has " + (frame.length - 5));
    }
    String body =
        length > 100 ? length + " bytes" : new String(frame, 5, length, StandardCharsets.UTF_8);
    return frame[0] == 1 ? "compressed" : body;
  }
}
