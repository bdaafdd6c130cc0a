// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What lies between client and server.
 *
 * @param connections channels, a connection each; calls are spread over them
 * @param idleStreams streams open beside the load on which nothing happens
 * @param tls how bytes are encrypted
 * @param rttMillis simulated round trip; 0 for loopback's own
 */
record Network(int connections, int idleStreams, Tls tls, int rttMillis) {

  /** How the client encrypts; the server's way is its own. */
  enum Tls {
    PLAINTEXT,
    JDK,
    OPENSSL;

    static Tls named(String label) {
      return Arrays.stream(values())
          .filter(tls -> tls.label().equals(label))
          .findFirst()
          .orElseThrow(
              () -> new IllegalArgumentException("tls is jdk or openssl, not '" + label + "'"));
    }

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static final Network LOOPBACK = new Network(1, 0, Tls.PLAINTEXT, 0);

  Network {
    if (connections < 1 || idleStreams < 0 || rttMillis < 0) {
      throw new IllegalArgumentException(
          "1 or more connections, 0 or more idle streams and ms, not "
              + connections
              + ", "
              + idleStreams
              + " and "
              + rttMillis);
    }
  }

  boolean encrypted() {
    return tls != Tls.PLAINTEXT;
  }

  /** As the words of a workload, see {@link WorkloadWord}. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    if (connections > 1) {
      words.add("connections=" + connections);
    }
    if (idleStreams > 0) {
      words.add("idle=" + idleStreams);
    }
    if (encrypted()) {
      words.add("tls=" + tls.label());
    }
    if (rttMillis > 0) {
      words.add("rtt=" + rttMillis);
    }
    return words;
  }
}
