// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.transport.TransportOptions.KeepaliveOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs a connection under fuzz: defines what a script may do to it, and checks what must hold
 * afterwards. Any number names a call; what a call's contract forbids at the moment is skipped.
 */
public final class FuzzedConnection implements AutoCloseable {

  /**
   * What buffers may hold at once: a partial frame of 16 KiB, a header block of the limit's size,
   * what one turn copies, 128 KiB, and 10,000 unread replies of up to 17 bytes, with the slack of
   * buffers that grow by doubling.
   */
  private static final long MAX_BUFFERED = 1 << 20;

  private static final Duration LONGER_THAN_ALL = Duration.ofSeconds(60);
  private static final int MAX_CALLS = 64;

  private final Http2Peer peer;
  private final Complaints complaints = new Complaints();
  private final List<Boolean> halfClosed = new ArrayList<>();
  private final Set<String> behaviour = new TreeSet<>();

  public FuzzedConnection() {
    complaints.listen();
    peer = Http2Peer.connecting(s -> {
      s.keepalive = new KeepaliveOptions(Duration.ofSeconds(10), Duration.ofSeconds(5), false);
      s.growWindows = true;
      s.maxPending = 8;
      s.maxInboundMessageSize = 100_000;
    });
    peer.readsAnyHeaderTableSize();
  }

  // What a script may do

  /** Bytes from the peer, in one read. */
  public void receive(byte[] bytes) {
    peer.sendsBytes(bytes);
    settle();
  }

  /** A call with one message. */
  public void unary(int messageSize) {
    open(messageSize, true, null);
  }

  /** A call with one message and a deadline. */
  public void hurried(int millis) {
    open(10, true, Duration.ofMillis(millis));
  }

  /** A call that continues to send. */
  public void streaming(int messageSize) {
    open(messageSize, false, null);
  }

  private void open(int messageSize, boolean end, @Nullable Duration deadline) {
    if (peer.calls.size() == MAX_CALLS) {
      return;
    }
    peer.call(deadline == null ? null : peer.deadline(deadline), new Metadata())
        .start(new byte[messageSize], end);
    halfClosed.add(end);
    settle();
  }

  public void write(int call, int messageSize) {
    withOpenCall(call, c -> c.write(new byte[messageSize]));
  }

  public void halfClose(int call) {
    withOpenCall(call, c -> {
      halfClosed.set(peer.calls.indexOf(c), true);
      c.stream().halfClose();
    });
  }

  public void cancel(int call) {
    withCall(call, c -> c.stream().cancel(Status.CANCELLED.withDescription("by the script")));
  }

  /** The application takes the bytes of every message that it has been given. */
  public void consume(int call) {
    withCall(call, c -> {
      int bytes = c.messages.stream().mapToInt(m -> m.length + 5).sum();
      c.messages.clear();
      c.stream().consumed(bytes);
    });
  }

  /** The application wants no message until {@link #demand}. */
  public void pause(int call) {
    withCall(call, c -> c.hasDemand = false);
  }

  public void demand(int call) {
    withCall(call, c -> {
      c.hasDemand = true;
      c.stream().onDemand();
    });
  }

  public void after(int millis) {
    peer.after(Duration.ofMillis(millis));
    settle();
  }

  public void clog() {
    peer.socket.clog();
  }

  public void unclog() {
    if (peer.socket.isOpen()) {
      peer.socket.unclog();
    }
    settle();
  }

  public void shutdown() {
    peer.transport.shutdown(Status.UNAVAILABLE.withDescription("shut down by the script"));
    settle();
  }

  public void shutdownNow() {
    peer.transport.shutdownNow(Status.UNAVAILABLE.withDescription("shut down by the script"));
    settle();
  }

  private void withCall(int number, Consumer<RecordingCall> action) {
    if (!peer.calls.isEmpty()) {
      action.accept(peer.calls.get(Math.floorMod(number, peer.calls.size())));
      settle();
    }
  }

  /** A call that has half-closed writes no more; that is the call layer's to see to. */
  private void withOpenCall(int number, Consumer<RecordingCall> action) {
    withCall(number, c -> {
      if (!halfClosed.get(peer.calls.indexOf(c))) {
        action.accept(c);
      }
    });
  }

  // What must hold

  private void settle() {
    peer.loop.run();
    for (FrameLog.Frame frame : peer.frames()) {
      behaviour.add("sends " + frame.text().replaceAll("[0-9]+", "#"));
    }
    assertThat(peer.bufferedBytes()).as("buffered bytes").isLessThan(MAX_BUFFERED);
  }

  /**
   * Time passes, then the peer closes: all must have ended. Returns what was seen, without numbers,
   * to distinguish inputs that reach something new.
   */
  public Set<String> end() {
    after((int) LONGER_THAN_ALL.toMillis());
    boolean alive = peer.socket.isOpen();
    peer.verify();
    assertThat(peer.socket.unhandled()).as("unhandled").isEmpty();
    assertThat(complaints.texts).as("logged").isEmpty();
    Status end = peer.owner.terminated;
    assertThat(end.getCause()).as("exception that escaped").isNull();
    assertThat(end.getDescription())
        .as("reason")
        .isNotBlank()
        .doesNotContain("cannot read a frame");
    behaviour.add(alive ? "lives" : "dies of " + shape(end));
    for (RecordingCall call : peer.calls) {
      behaviour.add("call " + shape(call.status()) + " " + call.progress);
    }
    return behaviour;
  }

  @Override
  public void close() {
    complaints.close();
  }

  private static String shape(Status status) {
    String text = status.getDescription() == null ? "" : status.getDescription();
    return status.getCode() + " "
        + text.replaceAll("(?s)\".*\"", "QUOTE").replaceAll("[0-9a-f]*[0-9]+[0-9a-f]*", "#");
  }

  /**
   * What is logged as wrong: exceptions that Netty, or the connection, has caught for somebody
   * else.
   */
  private static final class Complaints extends Handler {
    private static final Logger ROOT = Logger.getLogger("");
    private final List<String> texts = new ArrayList<>();

    void listen() {
      ROOT.addHandler(this);
    }

    @Override
    public void publish(LogRecord record) {
      boolean expected = record.getMessage().contains("too many pings");
      if (record.getLevel().intValue() >= Level.WARNING.intValue() && !expected) {
        texts.add(record.getMessage() + " " + record.getThrown());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      ROOT.removeHandler(this);
    }
  }
}
