// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import io.grpc.KnownLength;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A received message on its way to the application, and the stream that a marshaller reads it from: one object for
 * both. Belongs to one thread at a time.
 */
public abstract class InboundMessage extends InputStream implements KnownLength {
  static final String CLOSED = "the message has been closed: read it before onMessage returns";

  private final boolean compressed;

  /** The one behind it, for whoever has a queue of them. */
  public @Nullable InboundMessage next;

  InboundMessage(boolean compressed) {
    this.compressed = compressed;
  }

  /**
   * @param body the bytes without the prefix; the array is the message's from now on
   * @param compressed the prefix's flag
   */
  public static InboundMessage of(byte[] body, boolean compressed) {
    return new BodyStream(body, 0, body.length, compressed);
  }

  /**
   * @param body the bytes without the prefix; they are the message's from now on
   * @param compressed the prefix's flag
   */
  public static InboundMessage of(Chunks body, boolean compressed) {
    return new ChunkStream(body, compressed);
  }

  public final boolean isCompressed() {
    return compressed;
  }

  /** Length of the body, bytes. */
  public abstract int size();

  /** The body, for a marshaller or a decompressor; once only. */
  public final InputStream open() {
    return this;
  }

  /** Nobody may read it any more. Its stream fails from now on, if somebody has kept it. */
  public abstract void release();
}
