// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.soak;

import dev.clientconn.soak.SoakServer.Wish;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One call of the soak, of a kind drawn by lot, and what it may end with. */
final class SoakCall extends ClientCall.Listener<byte[]> {

  /** Told the call's end. */
  interface Ended {
    void ended(SoakCall call, Status status, @Nullable String complaint);
  }

  /** What a call does, and how it may end: a cancel may come too late. */
  enum Kind {
    UNARY,
    SERVER_STREAMING,
    BIDI,
    CANCELLED,
    CANCELLED_AT_ONCE,
    DEADLINE,
    FAILED,
    RESET;

    boolean mayEndWith(Status.Code code) {
      return switch (this) {
        case UNARY, SERVER_STREAMING, BIDI -> code == Status.Code.OK;
        case CANCELLED -> code == Status.Code.CANCELLED || code == Status.Code.OK;
        case CANCELLED_AT_ONCE -> code == Status.Code.CANCELLED;
        case DEADLINE -> code == Status.Code.DEADLINE_EXCEEDED;
        case FAILED -> code == Status.Code.FAILED_PRECONDITION;
        // grpc-java resets such a stream with CANCEL, or INTERNAL_ERROR.
        case RESET -> code == Status.Code.CANCELLED || code == Status.Code.INTERNAL;
      };
    }
  }

  private static final Kind[] LOTS = {
    Kind.UNARY,
    Kind.UNARY,
    Kind.UNARY,
    Kind.UNARY,
    Kind.UNARY,
    Kind.UNARY,
    Kind.SERVER_STREAMING,
    Kind.SERVER_STREAMING,
    Kind.BIDI,
    Kind.BIDI,
    Kind.CANCELLED,
    Kind.CANCELLED_AT_ONCE,
    Kind.DEADLINE,
    Kind.FAILED,
    Kind.RESET
  };

  private static final int MAX_SIZE = 64 * 1024;
  private static final int MAX_ROUNDS = 5;

  final Kind kind;
  private final Ended listener;
  private final int size;
  private final int replySize;
  private final int rounds;
  private final int deadlineMillis;
  private @Nullable ClientCall<byte[], byte[]> call;
  private int repliesLeft;
  private int roundsLeft;
  private boolean ended;

  SoakCall(Random random, Ended listener) {
    this.kind = LOTS[random.nextInt(LOTS.length)];
    this.listener = listener;
    this.size = size(random);
    this.replySize = size(random);
    this.rounds = 1 + random.nextInt(MAX_ROUNDS);
    this.deadlineMillis = 1 + random.nextInt(60);
  }

  /** Small for the most part, as messages are, and at times nothing, or all that is allowed. */
  private static int size(Random random) {
    int bound = random.nextInt(10) == 0 ? MAX_SIZE + 1 : 1024;
    return random.nextInt(10) == 0 ? (random.nextBoolean() ? 0 : MAX_SIZE) : random.nextInt(bound);
  }

  void start(Channel channel) {
    CallOptions options = CallOptions.DEFAULT.withWaitForReady();
    if (kind == Kind.DEADLINE) {
      options = options.withDeadlineAfter(deadlineMillis, TimeUnit.MILLISECONDS);
    }
    call = channel.newCall(SoakServer.METHOD, options);
    roundsLeft = kind == Kind.BIDI ? rounds : 1;
    repliesLeft = switch (kind) {
      case UNARY, BIDI, CANCELLED -> 1;
      case SERVER_STREAMING -> rounds;
      default -> 0;
    };
    ClientCall<byte[], byte[]> started = call;
    started.start(this, new Metadata());
    started.request(1);
    if (kind == Kind.CANCELLED_AT_ONCE) {
      started.cancel("at once", null);
    } else {
      started.sendMessage(request());
      if (kind != Kind.BIDI && kind != Kind.CANCELLED) {
        started.halfClose();
      }
    }
  }

  private byte[] request() {
    return switch (kind) {
      case FAILED -> SoakServer.request(Wish.FAIL, size, 0, 0);
      case RESET -> SoakServer.request(Wish.RESET, size, 0, 0);
      case DEADLINE -> SoakServer.request(Wish.SILENCE, size, 0, 0);
      default ->
        size == 0 && repliesLeft == 1 && replySize == 0
            ? new byte[0]
            : SoakServer.request(Wish.ANSWER, size, replySize, repliesLeft);
    };
  }

  @Override
  public void onMessage(byte[] message) {
    ClientCall<byte[], byte[]> started = call;
    if (started == null || message.length != replySize) {
      throw new IllegalStateException(message.length + " bytes instead of " + replySize);
    }
    repliesLeft--;
    if (kind == Kind.CANCELLED) {
      started.cancel("after the first message", null);
      return;
    }
    if (repliesLeft == 0 && kind == Kind.BIDI) {
      roundsLeft--;
      if (roundsLeft == 0) {
        started.halfClose();
      } else {
        repliesLeft = 1;
        started.sendMessage(request());
      }
    }
    started.request(1);
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    String complaint = null;
    if (ended) {
      complaint = "ended twice";
    } else if (!kind.mayEndWith(status.getCode())) {
      complaint = status.toString();
    } else if (status.isOk() && repliesLeft > 0) {
      complaint = "OK with " + repliesLeft + " replies missing";
    }
    ended = true;
    listener.ended(this, status, complaint);
  }
}
