// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.message.InboundMessage;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The calling side of one stream. All methods may be called from any thread, but {@link #start}, {@link #write} and
 * {@link #halfClose} in this order by one thread at a time; none of them blocks or throws for what the peer or the
 * network did. What happens comes back through the {@link Listener}.
 *
 * <p>Messages cross this border as plain heap memory: pooled buffers never leave the event loop, so no path of a call
 * can leak one.
 */
public interface ClientStream {

  /**
   * Sends the request headers and, in the same command, the first message and the half-close where they are known. A
   * unary call is this one command.
   *
   * @param message the stream's from now on
   * @param endOfStream whether nothing follows
   */
  void start(@Nullable FramedMessage message, boolean endOfStream);

  /** Queues one message, which is the stream's from now on. */
  void write(FramedMessage message);

  /** Nothing more will be written. */
  void halfClose();

  /**
   * Ends the stream from this side: RST_STREAM(CANCEL) where its headers have left, nothing on the wire where they have
   * not. The listener hears {@code reason} through {@link Listener#onClosed}, unless the stream has ended already.
   */
  void cancel(Status reason);

  /** Whether fewer bytes than the call's threshold are queued and unsent, and the stream has been opened. */
  boolean isReady();

  /**
   * The application has taken these bytes of received messages, prefixes included; the stream's receive window may open
   * again. Called by the call's executor only, never by two threads at a time.
   */
  void consumed(int bytes);

  /** The application has asked for more messages; lets a message that is larger than the window come in. */
  void onDemand();

  /**
   * Receives the events of a stream. Called on the connection's event loop, never concurrently, in the order {@code
   * onHeaders? onMessage* (onClosed | onDeadlineExceeded)}. The transport collects what one read brings and then calls {@link #onBatchEnd}
   * once, so that the listener hops to its executor once.
   */
  interface Listener {

    /** The response headers; not called for a response that is trailers only. */
    void onHeaders(Metadata headers);

    /** A complete message and those that it holds ({@link InboundMessage#following}), the listener's from now on. */
    void onMessage(InboundMessage message);

    /** {@link ClientStream#isReady} has turned true, or the stream was just opened. */
    void onReady();

    /**
     * The stream has ended. Each stream ends with exactly one call of this method or of {@link
     * #onDeadlineExceeded}.
     *
     * @param status what the peer, the connection or {@link ClientStream#cancel} said
     * @param progress whether the peer may have seen the call
     * @param trailers the peer's trailing metadata, empty if it sent none
     */
    void onClosed(Status status, StreamProgress progress, Metadata trailers);

    /** The last event of a batch has been told; called on the loop after at least one of the others. */
    void onBatchEnd();

    /** Whether the application has asked for a message that it has not been given yet. Must be cheap. */
    boolean hasDemand();

    /**
     * The stream has ended because the call's deadline passed.
     *
     * @param waitedFor what the stream was waiting for, such as {@code "the server's response"}
     * @param detail what else is known of the connection, such as an earlier GOAWAY: a line to add
     *     to the status, {@code null} for none
     */
    void onDeadlineExceeded(String waitedFor, @Nullable String detail);
  }
}
