// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.address;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Speaks SOCKS 4, 4a and 5, and leads every tunnel to the port asked for, on this machine. Each
 * response can be replaced.
 */
final class SocksProxy extends TestProxy {

  /** What a client has sent: one entry for each message. */
  final BlockingQueue<List<Object>> requests = new LinkedBlockingQueue<>();

  /** The response to a greeting; the authentication it chooses is done. */
  volatile byte[] greeted = {5, 0};

  volatile byte[] loggedIn = {1, 0};

  /** The response to a request of version 5; not a tunnel if the second byte is not 0. */
  volatile byte[] replied = {5, 0, 0, 1, 0, 0, 0, 0, 0, 0};

  /** The response to a request of version 4; not a tunnel if the second byte is not 90. */
  volatile byte[] granted = {0, 90, 0, 0, 0, 0, 0, 0};

  /** Number of the server's first bytes that are sent together with the last response. */
  volatile int early;

  SocksProxy() throws IOException {
    accept(this::serve);
  }

  private void serve(Socket client) throws IOException {
    DataInputStream in = new DataInputStream(client.getInputStream());
    if (in.readByte() == 4) {
      serve4(client, in);
    } else {
      serve5(client, in);
    }
  }

  private void serve4(Socket client, DataInputStream in) throws IOException {
    byte command = in.readByte();
    int port = in.readUnsignedShort();
    String address = InetAddress.getByAddress(in.readNBytes(4)).getHostAddress();
    String user = text(in);
    String host = address.equals("0.0.0.1") ? text(in) : address;
    requests.add(List.of(command, host, port, user));
    respond(client, port, granted, 90);
  }

  private void serve5(Socket client, DataInputStream in) throws IOException {
    List<Object> methods = bytes(in.readNBytes(in.readUnsignedByte()));
    requests.add(methods);
    if (greeted.length != 2 || (greeted[1] != 0 && greeted[1] != 2)) {
      finish(client, greeted);
      return;
    }
    client.getOutputStream().write(greeted);
    if (greeted[1] == 2) {
      byte version = in.readByte();
      String user = new String(in.readNBytes(in.readUnsignedByte()), UTF_8);
      requests.add(List.of(version, user, new String(in.readNBytes(in.readUnsignedByte()), UTF_8)));
      if (loggedIn.length != 2 || loggedIn[1] != 0) {
        finish(client, loggedIn);
        return;
      }
      client.getOutputStream().write(loggedIn);
    }
    in.readByte();
    byte command = in.readByte();
    in.readByte();
    String host = switch (in.readByte()) {
      case 1 -> InetAddress.getByAddress(in.readNBytes(4)).getHostAddress();
      case 3 -> "name " + new String(in.readNBytes(in.readUnsignedByte()), UTF_8);
      default -> InetAddress.getByAddress(in.readNBytes(16)).getHostAddress();
    };
    int port = in.readUnsignedShort();
    requests.add(List.of(command, host, port));
    respond(client, port, replied, 0);
  }

  private void respond(Socket client, int port, byte[] response, int success) throws IOException {
    if (response.length > 1 && response[1] == success) {
      tunnel(client, port, response, early);
    } else {
      finish(client, response);
    }
  }

  private static List<Object> bytes(byte[] bytes) {
    Object[] boxed = new Object[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      boxed[i] = bytes[i];
    }
    return List.of(boxed);
  }

  private static String text(DataInputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    for (byte next = in.readByte(); next != 0; next = in.readByte()) {
      text.append((char) next);
    }
    return text.toString();
  }
}
