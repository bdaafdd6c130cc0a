// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.transport.ClientConnSnapshot;
import dev.clientconn.transport.TransportEvent;
import dev.clientconn.transport.TransportEvent.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Retains the last events of a channel. An idle channel has few of them, so that the array grows
 * with their number. What describes an event is mostly an object that exists anyway, such as an
 * address or the description of a status; texts are made when the events are listed.
 */
@CrossesThreads
final class EventLog {

  private static final int FIRST_CAPACITY = 5;

  /** Parts of texts come from servers, and must not be able to add lines to a log. */
  private static final String CONTROL = "[\\p{Cntrl}\u2028\u2029]+";

  /**
   * Fits into 32 bytes: each channel has some.
   *
   * @param time in milliseconds since 1970
   * @param connection its id, and in the lowest bits the place of the kind
   */
  private record Entry(long time, long connection, Object detail) {}

  private static final Kind[] KINDS = Kind.values();
  private static final List<Kind> PLACES = List.of(KINDS);
  private static final int KIND_BITS = 4;

  /** A ring once it has its full size. */
  private @Nullable Entry[] entries = new Entry[FIRST_CAPACITY];

  private long added;

  /**
   * @param detail immutable: a text, an address, a list of address groups, or a constant
   */
  synchronized void add(Kind kind, long connection, Object detail) {
    if (added == entries.length && added < ClientConnSnapshot.MAX_EVENTS) {
      int larger = Math.min(ClientConnSnapshot.MAX_EVENTS, 2 * entries.length);
      entries = Arrays.copyOf(entries, larger);
    }
    entries[(int) (added++ % entries.length)] = new Entry(
        System.currentTimeMillis(), connection << KIND_BITS | PLACES.indexOf(kind), detail);
  }

  /** Lists the events, the oldest first. */
  List<TransportEvent> events() {
    List<Entry> copy = new ArrayList<>();
    synchronized (this) {
      for (long i = Math.max(0, added - entries.length); i < added; i++) {
        Entry entry = entries[(int) (i % entries.length)];
        if (entry != null) {
          copy.add(entry);
        }
      }
    }
    return copy.stream()
        .map(entry -> new TransportEvent(
            Instant.ofEpochMilli(entry.time()),
            KINDS[(int) (entry.connection() & ((1 << KIND_BITS) - 1))],
            entry.connection() >> KIND_BITS,
            line(AddressTexts.describe(entry.detail()))))
        .toList();
  }

  private static String line(String text) {
    String line = text.replaceAll(CONTROL, " ");
    return line.length() <= TransportEvent.MAX_TEXT
        ? line
        : line.substring(0, TransportEvent.MAX_TEXT - 1) + "…";
  }
}
