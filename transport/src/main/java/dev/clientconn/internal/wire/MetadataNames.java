// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Caches the names of metadata as header names: a program uses few names in many calls. The cache
 * has one entry for each hash, so its size is fixed even if a program makes up names; names with
 * the same hash replace each other.
 */
@CrossesThreads
final class MetadataNames {

  static final int ENTRIES = 256;

  /** Longer names are not cached. Bytes. */
  static final int MAX_LENGTH = 64;

  private final AtomicReferenceArray<AsciiString> known = new AtomicReferenceArray<>(ENTRIES);

  /** Returns the name. The array must not be written to afterwards. Any thread. */
  AsciiString of(byte[] name) {
    if (name.length > MAX_LENGTH) {
      return new AsciiString(name, false);
    }
    int entry = Arrays.hashCode(name) & (ENTRIES - 1);
    AsciiString found = known.get(entry);
    if (found != null && Arrays.equals(found.array(), name)) {
      return found;
    }
    AsciiString made = new AsciiString(name, false);
    known.set(entry, made);
    return made;
  }
}
