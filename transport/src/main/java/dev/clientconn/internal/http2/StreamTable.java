// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.threading.EventLoopConfined;
import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The open streams of a connection by id, and the ids themselves: 1, 3, 5 … (RFC 9113 section 5.1.1). */
@EventLoopConfined
final class StreamTable {

  /** Three quarters of the ids: what is left serves streams that were promised before the drain is known. */
  static final int LAST_ID = 0x5FFF_FFFF;

  private final IntObjectHashMap<Http2Stream> streams = new IntObjectHashMap<>(64);
  private final int lastId;
  private int nextId = 1;
  private long opened;

  StreamTable() {
    this(LAST_ID);
  }

  StreamTable(int lastId) {
    this.lastId = lastId;
  }

  int register(Http2Stream stream) {
    int id = nextId;
    nextId += 2;
    opened++;
    streams.put(id, stream);
    return id;
  }

  @Nullable
  Http2Stream find(int id) {
    return streams.get(id);
  }

  void remove(Http2Stream stream) {
    streams.remove(stream.id());
  }

  /** Whether this side has never opened a stream of that id, so that a frame for it is an error (section 5.1). */
  boolean isIdle(int id) {
    return id >= nextId || (id & 1) == 0;
  }

  boolean exhausted() {
    return nextId > lastId;
  }

  int active() {
    return streams.size();
  }

  long opened() {
    return opened;
  }

  /** A copy, so that streams may be closed while it is walked. */
  List<Http2Stream> all() {
    Collection<Http2Stream> values = streams.values();
    return new ArrayList<>(values);
  }
}
