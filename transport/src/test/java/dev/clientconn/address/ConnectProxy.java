// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.address;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ServerSocketFactory;

/** Reads the head of a CONNECT request from each connection, before it is served. */
final class ConnectProxy extends TestProxy {

  private static final byte[] ESTABLISHED =
      "HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n".getBytes(ISO_8859_1);

  /** What is done with a request, once its head has been read. */
  interface Behaviour {
    void serve(Socket client, int port) throws IOException;
  }

  /** The heads of the requests, as they came. */
  final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

  ConnectProxy(Behaviour behaviour) throws IOException {
    this(ServerSocketFactory.getDefault(), behaviour);
  }

  ConnectProxy(ServerSocketFactory factory, Behaviour behaviour) throws IOException {
    super(factory);
    accept(client -> {
      String head = head(client.getInputStream());
      requests.add(head);
      String target = head.split(" ", -1)[1];
      behaviour.serve(client, Integer.parseInt(target.substring(target.lastIndexOf(':') + 1)));
    });
  }

  static Behaviour answering(String answer) {
    return (client, port) -> finish(client, answer.getBytes(ISO_8859_1));
  }

  void tunnel(Socket client, int port) throws IOException {
    tunnel(client, port, ESTABLISHED, 0);
  }

  /** Lets the server's first bytes arrive in the same packet as the response. */
  void tunnelWithServersWordsFirst(Socket client, int port) throws IOException {
    tunnel(client, port, ESTABLISHED, 9);
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
}
