// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Holds the limits of sent messages, and how metadata are sent. */
public class OutboundSettings {

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
     * Size limit of a sent message, before compression. A larger one fails its call before anything
     * of it is sent. No limit if it is -1 or not set.
     */
    private @Nullable DataSize maxSize;

    public @Nullable DataSize getMaxSize() {
      return this.maxSize;
    }

    public void setMaxSize(@Nullable DataSize maxSize) {
      this.maxSize = maxSize;
    }
  }

  /** Request headers. */
  public static class Metadata {

    /**
     * Comma-separated list of metadata keys whose values are secret. They are sent so that no
     * compression table stores them, as authorization, cookie and similar keys always are.
     */
    private @Nullable List<String> neverIndexed;

    public @Nullable List<String> getNeverIndexed() {
      return this.neverIndexed;
    }

    public void setNeverIndexed(@Nullable List<String> neverIndexed) {
      this.neverIndexed = neverIndexed;
    }
  }
}
