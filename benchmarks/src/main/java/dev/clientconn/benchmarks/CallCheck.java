// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.protobuf.BytesValue;

/** Tells whether a call brought what the server was told to send. */
record CallCheck(ResponseShape expected) {

  void message(BytesValue message) {
    if (message.getValue().size() != expected.payloadBytes()) {
      throw new IllegalStateException("a message of "
          + message.getValue().size()
          + " bytes came, not "
          + expected.payloadBytes());
    }
  }

  void end(int messages) {
    if (messages != expected.messages()) {
      throw new IllegalStateException(
          "a call ended after " + messages + " messages, not " + expected.messages());
    }
  }
}
