// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.address;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;

/** Accepts connections on a port of this machine, and serves each with a thread of its own. */
class TestProxy implements AutoCloseable {

  /** What is done with a connection. */
  interface Behaviour {
    void serve(Socket client) throws IOException;
  }

  private final ServerSocket listener;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  TestProxy() throws IOException {
    this(ServerSocketFactory.getDefault());
  }

  TestProxy(ServerSocketFactory factory) throws IOException {
    this.listener = factory.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  /** Begins to accept connections. */
  final void accept(Behaviour behaviour) {
    daemon(() -> {
      while (true) {
        Socket client = listener.accept();
        sockets.add(client);
        daemon(() -> behaviour.serve(client));
      }
    });
  }

  /** The address, with the host name {@code localhost}. */
  final InetSocketAddress address() throws IOException {
    InetAddress localhost = InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
    return new InetSocketAddress(localhost, listener.getLocalPort());
  }

  /**
   * Connects to a port of this machine, and passes on what both sides send.
   *
   * @param early number of the server's first bytes that are written together with the response
   */
  final void tunnel(Socket client, int port, byte[] response, int early) throws IOException {
    Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
    sockets.add(server);
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    first.writeBytes(response);
    first.writeBytes(server.getInputStream().readNBytes(early));
    client.getOutputStream().write(first.toByteArray());
    daemon(() -> {
      server.getInputStream().transferTo(client.getOutputStream());
      client.shutdownOutput();
    });
    client.getInputStream().transferTo(server.getOutputStream());
    server.shutdownOutput();
  }

  /** Writes the bytes, then reads until the client closes the connection. */
  static void finish(Socket client, byte[] response) throws IOException {
    client.getOutputStream().write(response);
    client.shutdownOutput();
    client.getInputStream().readAllBytes();
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void daemon(Work work) {
    Thread thread = new Thread(
        () -> {
          try {
            work.run();
          } catch (IOException e) {
            // One of the three ends has been closed.
          }
        },
        "test-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
