// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Maps stream ids to the open streams of a connection, and assigns the ids: 1, 3, 5 … (RFC 9113
 * section 5.1.1). A hash table with chains linked through the streams, so that an entry costs no
 * object. Consecutive ids never share a chain, and long-lived streams do not slow the look-up of
 * new ones, as they would in a table with open addressing.
 */
@EventLoopConfined
final class ActiveStreams {

  /**
   * Three quarters of the ids. The connection drains when this one has been used; the rest is
   * reserved for streams already assigned to it before the channel has stopped using it.
   */
  static final int LAST_ID = 0x5FFF_FFFF;

  /** The position of {@link #visit} after the last stream. */
  static final long END = 1L << Integer.SIZE;

  private static final int MIN_CAPACITY = 8;

  /** The table shrinks by half when no more than this fraction of it is used. */
  private static final int SHRINK_FRACTION = 8;

  private @Nullable StreamState[] chains = new StreamState[MIN_CAPACITY];
  private int active;
  private final int lastId;
  private int nextId = 1;
  private long opened;
  private int walks;

  ActiveStreams() {
    this(LAST_ID);
  }

  ActiveStreams(int lastId) {
    this.lastId = lastId;
  }

  /** Adds a stream under the next id, which it is given. */
  void register(StreamState stream) {
    int id = nextId;
    nextId += 2;
    opened++;
    stream.opened(id);
    // At one stream per chain on average a look-up is one or two comparisons.
    if (active == chains.length) {
      resize(2 * chains.length);
    }
    link(stream);
    active++;
  }

  @Nullable
  StreamState find(int id) {
    StreamState stream = chains[chainOf(id)];
    while (stream != null && stream.id() != id) {
      stream = stream.nextInChain;
    }
    return stream;
  }

  void remove(StreamState stream) {
    int chain = chainOf(stream.id());
    StreamState before = null;
    StreamState at = chains[chain];
    while (at != null && at != stream) {
      before = at;
      at = at.nextInChain;
    }
    if (at == null) {
      return;
    }
    if (before == null) {
      chains[chain] = stream.nextInChain;
    } else {
      before.nextInChain = stream.nextInChain;
    }
    stream.nextInChain = null;
    active--;
    if (chains.length > MIN_CAPACITY && active <= chains.length / SHRINK_FRACTION) {
      resize(chains.length / 2);
    }
  }

  /**
   * Whether this side has never opened a stream of that id, so that a frame for it is an error
   * (section 5.1).
   */
  boolean isIdle(int id) {
    return id >= nextId || (id & 1) == 0;
  }

  boolean exhausted() {
    return nextId > lastId;
  }

  /** The id of the stream that was opened last; negative if none was. */
  int newestId() {
    return nextId - 2;
  }

  int active() {
    return active;
  }

  long opened() {
    return opened;
  }

  int capacity() {
    return chains.length;
  }

  /**
   * How often all streams were walked: never once per call, nor once per frame the peer can choose.
   */
  int walks() {
    return walks;
  }

  /** Returns a copy, so that streams may be closed during the iteration. */
  List<StreamState> all() {
    walks++;
    List<StreamState> all = new ArrayList<>(active);
    for (StreamState first : chains) {
      for (StreamState s = first; s != null; s = s.nextInChain) {
        all.add(s);
      }
    }
    return all;
  }

  /**
   * Visits some of the streams; repeated calls visit all of them, though the table may be resized
   * in between. Chains are visited in the order of their numbers with the bits reversed: there, a
   * chain's streams stay together when a larger table divides it, or a smaller one joins two. So a
   * position says which streams were visited, whatever the size: those whose reversed number is
   * smaller.
   *
   * @param from 0, or what the last call returned
   * @param most streams and chains to look at; one more chain may be visited entirely
   * @return the next position, {@link #END} after the last stream
   */
  long visit(long from, int most, Consumer<StreamState> visitor) {
    long position = from;
    int left = most;
    while (position < END && left > 0) {
      int chain = Integer.reverse((int) position) & (chains.length - 1);
      for (StreamState s = chains[chain]; s != null; s = s.nextInChain) {
        if (Integer.toUnsignedLong(Integer.reverse(s.id() >>> 1)) >= position) {
          visitor.accept(s);
          left--;
        }
      }
      left--;
      long width = END / chains.length;
      position = (position / width + 1) * width;
    }
    return position;
  }

  private void resize(int capacity) {
    @Nullable StreamState[] old = chains;
    chains = new StreamState[capacity];
    for (StreamState first : old) {
      StreamState stream = first;
      while (stream != null) {
        StreamState following = stream.nextInChain;
        link(stream);
        stream = following;
      }
    }
  }

  private void link(StreamState stream) {
    int chain = chainOf(stream.id());
    stream.nextInChain = chains[chain];
    chains[chain] = stream;
  }

  /** All ids are odd. */
  private int chainOf(int id) {
    return (id >>> 1) & (chains.length - 1);
  }
}
