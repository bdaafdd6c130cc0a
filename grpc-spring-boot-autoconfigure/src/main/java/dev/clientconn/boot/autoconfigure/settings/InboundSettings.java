// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Holds the limits of received messages and metadata. */
public class InboundSettings {

  private final Message message = new Message();

  private final Metadata metadata = new Metadata();

  public Message getMessage() {
    return this.message;
  }

  public Metadata getMetadata() {
    return this.metadata;
  }

  /** Messages. */
  public static class Message {

    /**
     * Size limit of a received message, after decompression; -1 for no limit. If it is not set, a
     * service config can raise the default.
     */
    private @Nullable DataSize maxSize;

    public @Nullable DataSize getMaxSize() {
      return this.maxSize;
    }

    public void setMaxSize(@Nullable DataSize maxSize) {
      this.maxSize = maxSize;
    }
  }

  /** Headers and trailers. */
  public static class Metadata {

    /** Size limit of received headers or trailers, uncompressed; -1 for no limit. */
    private @Nullable DataSize maxSize;

    public @Nullable DataSize getMaxSize() {
      return this.maxSize;
    }

    public void setMaxSize(@Nullable DataSize maxSize) {
      this.maxSize = maxSize;
    }
  }
}
