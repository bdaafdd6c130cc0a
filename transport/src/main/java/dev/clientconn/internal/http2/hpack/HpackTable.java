// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.hpack;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import io.netty.util.AsciiString;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the dynamic table of an HPACK encoder (RFC 7541 section 2.3.2) and finds the index of a
 * field. A growable ring buffer, searched linearly: it holds a few dozen fields, and their hashes
 * are in one array.
 */
@EventLoopConfined
final class HpackTable {

  /** Bytes that a field counts in addition to its name and value (section 4.1). */
  static final int FIELD_OVERHEAD = 32;

  static final int DEFAULT_SIZE = 4096;

  private static final int INITIAL_CAPACITY = 8;

  private @Nullable AsciiString[] names = new AsciiString[INITIAL_CAPACITY];
  private @Nullable AsciiString[] values = new AsciiString[INITIAL_CAPACITY];
  private int[] hashes = new int[INITIAL_CAPACITY];
  /**
   * Slot of the field that was found last. Calls send their fields in the same order, so the next
   * field is usually in the next slot.
   */
  private int found;

  private int oldest;
  private int count;
  private int size;
  private int maxSize = DEFAULT_SIZE;

  int maxSize() {
    return maxSize;
  }

  void maxSize(int bytes) {
    maxSize = bytes;
    evictTo(bytes);
  }

  /** Whether a field is not larger than the whole table. */
  boolean fits(AsciiString name, AsciiString value) {
    return size(name, value) <= maxSize;
  }

  /** Returns the index of a field, counted over both tables (section 2.3.3), 0 for none. */
  int index(AsciiString name, AsciiString value) {
    int hash = hash(name, value);
    int following = (found + 1) & (names.length - 1);
    if (isAt(following, hash, name, value)) {
      found = following;
      return index((following - oldest) & (names.length - 1));
    }
    for (int i = count - 1; i >= 0; i--) {
      int at = slot(i);
      if (isAt(at, hash, name, value)) {
        found = at;
        return index(i);
      }
    }
    return 0;
  }

  private boolean isAt(int at, int hash, AsciiString name, AsciiString value) {
    return hashes[at] == hash && value.equals(values[at]) && name.equals(names[at]);
  }

  /** Returns the index of the newest field of that name, counted over both tables, 0 for none. */
  int index(AsciiString name) {
    for (int i = count - 1; i >= 0; i--) {
      if (name.equals(names[slot(i)])) {
        return index(i);
      }
    }
    return 0;
  }

  /** Evicts fields until a new one fits (section 4.4). Call before anything refers to a field. */
  void evictFor(AsciiString name, AsciiString value) {
    evictTo(maxSize - size(name, value));
  }

  /** Adds a field. Call after {@link #evictFor}. */
  void add(AsciiString name, AsciiString value) {
    if (count == names.length) {
      grow();
    }
    int at = slot(count++);
    names[at] = name;
    values[at] = value;
    hashes[at] = hash(name, value);
    size += size(name, value);
  }

  private void evictTo(int bytes) {
    while (size > bytes) {
      AsciiString name = names[oldest];
      AsciiString value = values[oldest];
      if (name != null && value != null) {
        size -= size(name, value);
      }
      names[oldest] = null;
      values[oldest] = null;
      oldest = slot(1);
      count--;
    }
  }

  private void grow() {
    int[] grown = new int[2 * count];
    for (int i = 0; i < count; i++) {
      grown[i] = hashes[slot(i)];
    }
    hashes = grown;
    names = unrolled(names);
    values = unrolled(values);
    oldest = 0;
  }

  private @Nullable AsciiString[] unrolled(@Nullable AsciiString[] ring) {
    @Nullable AsciiString[] grown = Arrays.copyOfRange(ring, oldest, oldest + 2 * count);
    System.arraycopy(ring, 0, grown, count - oldest, oldest);
    return grown;
  }

  /** Returns the slot of the field that has {@code older} fields before it. */
  private int slot(int older) {
    return (oldest + older) & (names.length - 1);
  }

  /**
   * Returns the index of such a field: the newest comes first, right behind the static table
   * (section 2.3.3).
   */
  private int index(int older) {
    return HpackStaticTable.SIZE + count - older;
  }

  private static int size(AsciiString name, AsciiString value) {
    return name.length() + value.length() + FIELD_OVERHEAD;
  }

  private static int hash(AsciiString name, AsciiString value) {
    return 31 * name.hashCode() + value.hashCode();
  }
}
