// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the streams of one connection against the peer's concurrent-stream limit, for a channel
 * that chooses between connections (gRFC A105). A slot is taken where the channel chooses the
 * connection, before the stream exists, so that two calls never count on the same one. The
 * transport releases it when the stream has ended; the channel releases it where no stream was
 * made.
 */
@CrossesThreads
public final class StreamSlots {

  /** Is notified on any thread: of {@link #begin} on the event loop of the connection. */
  public interface Owner {

    /** The transport has counted its streams: slots can be reserved from now on. */
    void onCounting();

    /** A slot may have become free. */
    void onSlotFree();
  }

  private final Owner owner;
  private final AtomicInteger used = new AtomicInteger();
  /** What the peer allows; 0 before {@link #begin} and after {@link #close}. */
  private volatile int limit;

  private volatile boolean usedLately;
  /** Guarded by this. */
  private boolean closed;

  public StreamSlots(Owner owner) {
    this.owner = owner;
  }

  // Called by the channel, on any thread

  /** Takes a slot if one is free. */
  public boolean tryReserve() {
    int now = used.get();
    // Read in the loop: a limit of zero after close must end it.
    while (now < limit) {
      int seen = used.compareAndExchange(now, now + 1);
      if (seen == now) {
        if (!usedLately) {
          usedLately = true;
        }
        return true;
      }
      now = seen;
    }
    return false;
  }

  /** Returns a slot: its stream has ended, or will not be made. */
  public void release() {
    used.decrementAndGet();
    owner.onSlotFree();
  }

  public boolean hasFree() {
    return used.get() < limit;
  }

  /** Slots in use; more than {@link #limit} where the peer has lowered it. */
  public int used() {
    return used.get();
  }

  public int limit() {
    return limit;
  }

  /** Whether no slot is in use, nor was reserved since the last call of this method. */
  public boolean wasIdle() {
    boolean lately = usedLately;
    usedLately = false;
    return !lately && used.get() == 0;
  }

  /** Rules out further reservations. Slots in use are still released. */
  public synchronized void close() {
    closed = true;
    limit = 0;
  }

  // Called by the transport, on its event loop

  /**
   * Starts to count.
   *
   * @param maxConcurrentStreams what the peer allows
   * @param streams that exist already
   */
  public void begin(long maxConcurrentStreams, int streams) {
    used.addAndGet(streams);
    setLimit(maxConcurrentStreams);
    owner.onCounting();
  }

  /** Counts a stream for which no slot was reserved. */
  public void add() {
    used.incrementAndGet();
  }

  /** Sets what the peer allows, at most 2^31-1. */
  public void limit(long maxConcurrentStreams) {
    if (setLimit(maxConcurrentStreams)) {
      owner.onSlotFree();
    }
  }

  /** Returns whether the limit was raised. */
  private synchronized boolean setLimit(long maxConcurrentStreams) {
    int next = (int) Math.min(maxConcurrentStreams, Integer.MAX_VALUE);
    boolean raised = !closed && next > limit;
    if (!closed) {
      limit = next;
    }
    return raised;
  }
}
