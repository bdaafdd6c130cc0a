// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Holds the flow-control windows of received data. */
public class FlowControlSettings {

  /** Initial receive window of each stream, 65535 bytes or more. */
  private @Nullable DataSize streamWindow;

  /** Receive window of each connection, 65535 bytes or more. */
  private @Nullable DataSize connectionWindow;

  /**
   * Whether the windows grow, up to 16MB, to the bandwidth-delay product of the path to the
   * server.
   */
  private @Nullable Boolean grow;

  public @Nullable DataSize getStreamWindow() {
    return this.streamWindow;
  }

  public void setStreamWindow(@Nullable DataSize streamWindow) {
    this.streamWindow = streamWindow;
  }

  public @Nullable Boolean getGrow() {
    return this.grow;
  }

  public void setGrow(@Nullable Boolean grow) {
    this.grow = grow;
  }

  public @Nullable DataSize getConnectionWindow() {
    return this.connectionWindow;
  }

  public void setConnectionWindow(@Nullable DataSize connectionWindow) {
    this.connectionWindow = connectionWindow;
  }
}
