// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.http2.ControlBuffer.Command;
import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.transport.StreamSlots;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Holds the command classes: what other threads ask of a connection. They are plain data, carried
 * out by {@link Http2Client#apply}. The command that opens a stream is {@link Http2ClientStream}
 * itself.
 */
final class Commands {

  private Commands() {}

  /** Queues a message, or the half-close, or both. */
  static final class Write extends Command {
    final Http2ClientStream stream;
    final @Nullable FramedMessage message;
    final boolean endOfStream;

    Write(Http2ClientStream stream, @Nullable FramedMessage message, boolean endOfStream) {
      this.stream = stream;
      this.message = message;
      this.endOfStream = endOfStream;
    }
  }

  /** Returns bytes that the application has consumed to the stream's receive window. */
  static final class WindowCredit extends Command {
    final Http2ClientStream stream;
    final int bytes;

    WindowCredit(Http2ClientStream stream, int bytes) {
      this.stream = stream;
      this.bytes = bytes;
    }
  }

  /** Admits the rest of a message larger than the window: the application now asks for it. */
  static final class AdmitLargeMessage extends Command {
    final Http2ClientStream stream;

    AdmitLargeMessage(Http2ClientStream stream) {
      this.stream = stream;
    }
  }

  /** Ends a stream from this side. */
  static final class Cancel extends Command {
    final Http2ClientStream stream;
    final Status reason;

    Cancel(Http2ClientStream stream, Status reason) {
      this.stream = stream;
      this.reason = reason;
    }
  }

  /** Closes the connection when its last stream has ended; another one takes what waits. */
  static final class Replace extends Command {
    final Status reason;

    Replace(Status reason) {
      this.reason = reason;
    }
  }

  /** Counts the streams of the connection for the channel. */
  static final class CountStreams extends Command {
    final StreamSlots slots;

    CountStreams(StreamSlots slots) {
      this.slots = slots;
    }
  }

  /** Ends the streams that wait for a slot, so that they are sent on another connection. */
  static final class ReturnWaiting extends Command {
    final Status reason;

    ReturnWaiting(Status reason) {
      this.reason = reason;
    }
  }

  /** Closes the connection: at once, or when its last stream has ended. */
  static final class Shutdown extends Command {
    final Status reason;
    final boolean now;

    Shutdown(Status reason, boolean now) {
      this.reason = reason;
      this.now = now;
    }
  }
}
