// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.message.InboundMessage;
import dev.clientconn.transport.WaitCause;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Sends the request of one call attempt, and reports the response to a {@link Listener}. All
 * methods may be called from any thread, but {@link #start}, {@link #write} and {@link #halfClose}
 * in this order and by one thread at a time. None of them blocks, or throws because of the peer or
 * the network: such failures end the stream by {@link Listener#onClosed}.
 *
 * <p>Read buffers never leave the event loop: received messages are in heap memory of their own. A
 * request message passes to the stream with one reference, which the stream releases in every case;
 * see the package {@code internal.message} for who owns what.
 */
public interface ClientStream {

  /**
   * Sends the request headers and, in the same command, the first message and the half-close if
   * they are known. A unary call is this one command.
   *
   * @param message its reference passes to the stream
   * @param endOfStream whether no message follows
   */
  void start(@Nullable FramedMessage message, boolean endOfStream);

  /** Queues one message, whose reference passes to the stream. */
  void write(FramedMessage message);

  /** Ends the request: END_STREAM follows the last message. */
  void halfClose();

  /**
   * Ends the stream from this side. Sends RST_STREAM(CANCEL) if its headers have been sent, nothing
   * otherwise. The listener gets {@code reason} by {@link Listener#onClosed}, unless the stream has
   * already ended.
   */
  void cancel(Status reason);

  /**
   * Whether the stream is open and fewer bytes are queued than
   * {@link StreamParameters#onReadyThreshold}.
   */
  boolean isReady();

  /**
   * Reports bytes of received messages that the application has read, prefixes included, so that
   * the receive window of the stream is opened again. Called by the executor of the call only,
   * never by two threads at a time.
   */
  void consumed(int bytes);

  /**
   * Reports that the application has requested more messages, so that a message larger than the
   * window may arrive.
   */
  void onDemand();

  /**
   * Receives the events of a stream. Called on the event loop of the connection, never
   * concurrently, in the order {@code onHeaders? onMessage* (onClosed | onDeadlineExceeded)}. After
   * the events of one read, {@link #onBatchEnd} is called once, so that the listener can pass them
   * to its executor as one task.
   */
  interface Listener {

    /** The response headers. Not called for a response that consists of trailers only. */
    void onHeaders(Metadata headers);

    /**
     * A complete message and those packed behind it ({@link InboundMessage#following}). The
     * listener owns them and must release each.
     */
    void onMessage(InboundMessage message);

    /** {@link ClientStream#isReady} has become true, or the stream has been opened. */
    void onReady();

    /**
     * The stream has ended. Each stream ends with exactly one call of this method or of {@link
     * #onDeadlineExceeded}.
     *
     * @param status the status of the peer, of the connection or of {@link ClientStream#cancel}
     * @param progress whether the peer may have processed the call
     * @param trailers the peer's trailing metadata, empty if it sent none
     */
    void onClosed(Status status, StreamProgress progress, Metadata trailers);

    /** Returns the full name of the call's method. For snapshots, on the event loop. */
    default String method() {
      return "";
    }

    /** Whether {@link #onTimes} is to be called before the stream ends so. */
    default boolean needsTimes(Status end, StreamProgress progress) {
      return false;
    }

    /**
     * The stream is about to end: where its time went. Called before {@link #onClosed} if {@link
     * #needsTimes}, and always before {@link #onDeadlineExceeded}.
     *
     * @param nanos those before {@code since}, as in {@link CauseTimes}; {@code null} if there was
     *     only the last cause. Must not be changed
     * @param last what the stream waited for last
     * @param since the beginning of that, {@link System#nanoTime}
     * @param now the present time
     */
    default void onTimes(long @Nullable [] nanos, WaitCause last, long since, long now) {}

    /**
     * Returns until when the application had not taken all that was delivered at {@code since}:
     * {@code now} if it has not, {@code since} if it has and that is all that is known.
     */
    default long behindUntil(long since, long now) {
      return since;
    }

    /** The events of one turn are complete. Called after at least one of the other methods. */
    void onBatchEnd();

    /**
     * Whether the application has requested a message that has not been delivered. Must be cheap.
     */
    boolean hasDemand();

    /**
     * The stream has ended because the deadline of the call passed.
     *
     * @param waitedFor what the stream was waiting for, such as {@code "the server's response"}
     * @param detail what else is known of the connection, such as an earlier GOAWAY: a line to add
     *     to the status, {@code null} for none
     */
    void onDeadlineExceeded(String waitedFor, @Nullable String detail);
  }
}
