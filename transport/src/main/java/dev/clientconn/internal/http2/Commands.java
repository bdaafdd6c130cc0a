// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.http2.ControlBuffer.Command;
import dev.clientconn.internal.message.FramedMessage;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** What other threads ask of a connection. Opening a stream is a command too: {@link Http2ClientStream} is its own. */
final class Commands {

  private Commands() {}

  /** Queues a message, or the half-close, or both. */
  static final class Write extends Command {
    private final Http2ClientStream handle;
    private final @Nullable FramedMessage message;
    private final boolean endOfStream;

    Write(Http2ClientStream handle, @Nullable FramedMessage message, boolean endOfStream) {
      this.handle = handle;
      this.message = message;
      this.endOfStream = endOfStream;
    }

    @Override
    void apply(Http2Client client) {
      client.streams().write(handle.stream(), message, endOfStream);
    }
  }

  /** Gives bytes that the application has taken back to the stream's receive window. */
  static final class Credit extends Command {
    private final Http2ClientStream handle;
    private final int bytes;

    Credit(Http2ClientStream handle, int bytes) {
      this.handle = handle;
      this.bytes = bytes;
    }

    @Override
    void apply(Http2Client client) {
      client.streams().consumed(handle.stream(), bytes);
    }
  }

  /** Lets the rest of a large message in, now that the application asks for it. */
  static final class Grant extends Command {
    private final Http2ClientStream handle;

    Grant(Http2ClientStream handle) {
      this.handle = handle;
    }

    @Override
    void apply(Http2Client client) {
      client.streams().demandGrew(handle.stream());
    }
  }

  static final class Cancel extends Command {
    private final Http2ClientStream handle;
    private final Status reason;

    Cancel(Http2ClientStream handle, Status reason) {
      this.handle = handle;
      this.reason = reason;
    }

    @Override
    void apply(Http2Client client) {
      client.streams().cancel(handle, reason);
    }
  }

  static final class Shutdown extends Command {
    private final Status reason;
    private final boolean now;

    Shutdown(Status reason, boolean now) {
      this.reason = reason;
      this.now = now;
    }

    @Override
    void apply(Http2Client client) {
      if (now) {
        client.close(reason);
      } else {
        client.closeWhenIdle(reason);
      }
    }
  }
}
