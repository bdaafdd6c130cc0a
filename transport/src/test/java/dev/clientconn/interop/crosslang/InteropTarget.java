// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

import dev.clientconn.ClientConnBuilder;
import java.util.Map;

/** A running server with gRPC's test service. */
interface InteropTarget extends AutoCloseable {

  ClientConnBuilder channelBuilder() throws Exception;

  Map<Feature, String> missing();

  /**
   * What to tell of it when it does not answer: its command and what it printed, if it is a process
   * of ours.
   */
  String describe();

  @Override
  void close();
}
