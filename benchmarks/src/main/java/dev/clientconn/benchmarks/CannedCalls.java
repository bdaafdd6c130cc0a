// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import io.netty.buffer.ByteBuf;

/** What the canned server does about each kind of call, on one connection. Confined to the event loop. */
abstract class CannedCalls {

  final CannedResponse response;
  final StreamSender sender;

  private CannedCalls(CannedResponse response, StreamSender sender) {
    this.response = response;
    this.sender = sender;
  }

  static CannedCalls of(CallKind kind, CannedResponse response, StreamSender sender) {
    return switch (kind) {
      case UNARY, SERVER_STREAM, CLIENT_STREAM -> new AnsweredAtEnd(response, sender);
      case PING_PONG -> new AnsweredEach(response, sender);
      case DUPLEX -> new Endless(response, sender);
    };
  }

  void opened(StreamState stream, ByteBuf out) {}

  /** The next {@code length} bytes of {@code in} belong to the stream's requests. */
  void data(StreamState stream, int length, ByteBuf in, ByteBuf out) {}

  /** The client will send nothing more. */
  abstract void ended(StreamState stream, ByteBuf out);

  private static final class AnsweredAtEnd extends CannedCalls {

    AnsweredAtEnd(CannedResponse response, StreamSender sender) {
      super(response, sender);
    }

    @Override
    void ended(StreamState stream, ByteBuf out) {
      if (stream.closing) {
        return;
      }
      long bytes = response.dataBytes();
      if (sender.takesAtOnce(stream, bytes, out)) {
        response.writeWhole(out, stream.id);
        sender.charge(stream, (int) bytes);
        sender.forget(stream.id);
      } else {
        response.writeHeaders(out, stream.id);
        sender.offer(stream, bytes, true, out);
      }
    }
  }

  private static final class AnsweredEach extends CannedCalls {

    AnsweredEach(CannedResponse response, StreamSender sender) {
      super(response, sender);
    }

    @Override
    void opened(StreamState stream, ByteBuf out) {
      stream.requests = new MessageCounter();
      response.writeHeaders(out, stream.id);
    }

    @Override
    void data(StreamState stream, int length, ByteBuf in, ByteBuf out) {
      MessageCounter requests = stream.requests;
      int more = requests == null ? 0 : requests.count(in, length);
      if (more > 0) {
        long target = stream.target + (long) more * response.messageBytes();
        sender.offer(stream, target, false, out);
      }
    }

    @Override
    void ended(StreamState stream, ByteBuf out) {
      sender.offer(stream, stream.target, true, out);
    }
  }

  private static final class Endless extends CannedCalls {

    Endless(CannedResponse response, StreamSender sender) {
      super(response, sender);
    }

    @Override
    void opened(StreamState stream, ByteBuf out) {
      response.writeHeaders(out, stream.id);
      sender.offer(stream, Long.MAX_VALUE, false, out);
    }

    @Override
    void ended(StreamState stream, ByteBuf out) {
      long message = response.messageBytes();
      sender.offer(stream, (stream.sent + message - 1) / message * message, true, out);
    }
  }
}
