// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.concurrent;

import java.util.logging.Logger;

/** Holds the logger of all channels and connections. */
public final class ChannelLog {

  /** Named after the public class, so that users find it. */
  public static final Logger LOGGER = Logger.getLogger("dev.clientconn.ClientConn");

  private ChannelLog() {}
}
