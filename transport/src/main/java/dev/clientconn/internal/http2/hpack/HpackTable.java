// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.hpack;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import io.netty.util.AsciiString;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * HPACK's dynamic table (RFC 7541 section 2.3.2) as an encoder needs it: finds the index of a field. A ring that grows to
 * the fields there are; searched from end to end, for it holds a few dozen at most and their hashes stand in a row.
 */
@EventLoopConfined
final class HpackTable {

  /** What a field counts besides its bytes (section 4.1). */
  static final int FIELD_OVERHEAD = 32;

  static final int DEFAULT_SIZE = 4096;

  private static final int INITIAL_CAPACITY = 8;

  private @Nullable AsciiString[] names = new AsciiString[INITIAL_CAPACITY];
  private @Nullable AsciiString[] values = new AsciiString[INITIAL_CAPACITY];
  private int[] hashes = new int[INITIAL_CAPACITY];
  /** The slot of the field that was found last: calls send their fields in one order, so the next is mostly behind it. */
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

  /** Whether a field can be in the table at all. */
  boolean fits(AsciiString name, AsciiString value) {
    return size(name, value) <= maxSize;
  }

  /** Index of a field, counted over both tables, 0 for none. */
  int index(AsciiString name, AsciiString value) {
    int hash = hash(name, value);
    int behind = (found + 1) & (names.length - 1);
    if (isAt(behind, hash, name, value)) {
      found = behind;
      return index((behind - oldest) & (names.length - 1));
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

  /** Index of the newest field of that name, counted over both tables, 0 for none. */
  int index(AsciiString name) {
    for (int i = count - 1; i >= 0; i--) {
      if (name.equals(names[slot(i)])) {
        return index(i);
      }
    }
    return 0;
  }

  /** Evicts what has to go before a field is added, so that nothing refers to it. */
  void makeRoom(AsciiString name, AsciiString value) {
    evictTo(maxSize - size(name, value));
  }

  /** Adds a field that there is room for. */
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

  /** Where the field is that {@code age} fields are older than. */
  private int slot(int age) {
    return (oldest + age) & (names.length - 1);
  }

  /** The newest field comes right behind the static table. */
  private int index(int age) {
    return HpackStaticTable.SIZE + count - age;
  }

  private static int size(AsciiString name, AsciiString value) {
    return name.length() + value.length() + FIELD_OVERHEAD;
  }

  private static int hash(AsciiString name, AsciiString value) {
    return 31 * name.hashCode() + value.hashCode();
  }
}
