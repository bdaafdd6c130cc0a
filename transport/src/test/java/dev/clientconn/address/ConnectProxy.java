// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.address;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * An HTTP proxy that knows CONNECT alone, and leads every tunnel to the port asked for, on this
 * machine.
 */
final class ConnectProxy implements AutoCloseable {

  /** What is done with a request, once its head has been read. */
  interface Behaviour {
    void serve(Socket client, int port) throws IOException;
  }

  /** The heads of the requests, as they came. */
  final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

  private final ServerSocket listener;
  private final Behaviour behaviour;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  ConnectProxy(Behaviour behaviour) throws IOException {
    this.behaviour = behaviour;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(() -> {
      while (true) {
        Socket client = listener.accept();
        sockets.add(client);
        daemon(() -> serve(client));
      }
    });
  }

  InetSocketAddress address() {
    return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
  }

  static Behaviour answering(String answer) {
    return (client, port) -> {
      client.getOutputStream().write(answer.getBytes(ISO_8859_1));
      client.shutdownOutput();
      client.getInputStream().readAllBytes();
    };
  }

  void tunnel(Socket client, int port) throws IOException {
    tunnel(client, port, 0);
  }

  /** Lets the server's first bytes arrive in the same packet as the response. */
  void tunnelWithServersWordsFirst(Socket client, int port) throws IOException {
    tunnel(client, port, 9);
  }

  private void tunnel(Socket client, int port, int early) throws IOException {
    Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
    sockets.add(server);
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    answer.writeBytes(
        "HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n".getBytes(ISO_8859_1));
    answer.writeBytes(server.getInputStream().readNBytes(early));
    client.getOutputStream().write(answer.toByteArray());
    daemon(() -> {
      server.getInputStream().transferTo(client.getOutputStream());
      client.shutdownOutput();
    });
    client.getInputStream().transferTo(server.getOutputStream());
    server.shutdownOutput();
  }

  private void serve(Socket client) throws IOException {
    String head = head(client.getInputStream());
    requests.add(head);
    String target = head.split(" ", -1)[1];
    behaviour.serve(client, Integer.parseInt(target.substring(target.lastIndexOf(':') + 1)));
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the head ends early: " + head);
      }
      head.append((char) next);
    }
    return head.toString();
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
        "connect-proxy");
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
