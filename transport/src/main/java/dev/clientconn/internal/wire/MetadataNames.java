// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Names of metadata as header names: a program has few, and sends them again and again. One place for each hash, so
 * names that share a place, or are made up by the call, cost what they would cost without this and fill nothing.
 */
@CrossesThreads
final class MetadataNames {

  static final int PLACES = 256;

  /** Longer ones are not kept. */
  static final int MAX_LENGTH = 64;

  private final AtomicReferenceArray<AsciiString> known = new AtomicReferenceArray<>(PLACES);

  /** The name that these bytes are. They belong to it from now on: nobody may write to them. */
  AsciiString of(byte[] name) {
    if (name.length > MAX_LENGTH) {
      return new AsciiString(name, false);
    }
    int place = Arrays.hashCode(name) & (PLACES - 1);
    AsciiString found = known.get(place);
    if (found != null && Arrays.equals(found.array(), name)) {
      return found;
    }
    AsciiString made = new AsciiString(name, false);
    known.set(place, made);
    return made;
  }
}
