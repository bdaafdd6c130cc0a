// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * Reserves a port until it is closed. Connections to it are refused while the test itself does not
 * listen on it: a port that was merely free a moment ago may belong to another process by now, or
 * to the client, which can even connect to itself.
 */
public final class ReservedPort implements AutoCloseable {
  private final Socket bound = new Socket();

  public ReservedPort() {
    try {
      // Servers of the test, which set this option too, may bind the same port.
      bound.setReuseAddress(true);
      bound.bind(new InetSocketAddress(0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int number() {
    return bound.getLocalPort();
  }

  @Override
  public void close() {
    try {
      bound.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
