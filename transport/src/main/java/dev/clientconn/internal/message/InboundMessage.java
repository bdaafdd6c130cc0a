// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A received message on its way to the application. Belongs to one thread at a time. */
public abstract class InboundMessage {
  private final boolean compressed;

  /** The one behind it, for whoever has a queue of them. */
  public @Nullable InboundMessage next;

  private InboundMessage(boolean compressed) {
    this.compressed = compressed;
  }

  /**
   * @param body the bytes without the prefix; the array is the message's from now on
   * @param compressed the prefix's flag
   */
  public static InboundMessage of(byte[] body, boolean compressed) {
    return new InArray(body, compressed);
  }

  /**
   * @param body the bytes without the prefix; they are the message's from now on
   * @param compressed the prefix's flag
   */
  public static InboundMessage of(Chunks body, boolean compressed) {
    return new InChunks(body, compressed);
  }

  public final boolean isCompressed() {
    return compressed;
  }

  /** Length of the body, bytes. */
  public abstract int size();

  /** The body, for a marshaller or a decompressor; once only. */
  public abstract InputStream open();

  /** Nobody may read it any more. The stream of a large one fails from now on, if somebody has kept it. */
  public abstract void release();

  private static final class InArray extends InboundMessage {
    private final byte[] body;

    InArray(byte[] body, boolean compressed) {
      super(compressed);
      this.body = body;
    }

    @Override
    public int size() {
      return body.length;
    }

    @Override
    public InputStream open() {
      return new BodyStream(body);
    }

    @Override
    public void release() {
      // An array of its own is not used again.
    }
  }

  private static final class InChunks extends InboundMessage {
    private final Chunks body;

    InChunks(Chunks body, boolean compressed) {
      super(compressed);
      this.body = body;
    }

    @Override
    public int size() {
      return body.size();
    }

    @Override
    public InputStream open() {
      return new ChunkStream(body);
    }

    @Override
    public void release() {
      body.releaseAll();
    }
  }
}
