// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.allocation;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;

/**
 * Gives every request the same bytes as soon as it has ended; a thread of its own, blocking
 * sockets. Decodes no header block, and does not look at the client's windows: they must hold all
 * that the open calls are answered with.
 */
final class CannedServer implements AutoCloseable {

  private static final int PREFACE_LENGTH = 24;
  private static final int CREDIT = 1 << 24;

  private static final int DATA = 0x0;
  private static final int HEADERS = 0x1;
  private static final int SETTINGS = 0x4;
  private static final int PING = 0x6;
  private static final int END_STREAM = 0x1;
  private static final int ACK = 0x1;

  private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final CannedAnswer answer;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private int received;

  CannedServer(CannedAnswer answer) throws IOException {
    this.answer = answer;
    Thread thread = new Thread(this::run, "canned-server");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return listening.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }

  private void run() {
    try (Socket socket = listening.accept()) {
      socket.setTcpNoDelay(true);
      serve(socket.getInputStream(), socket.getOutputStream());
    } catch (EOFException | SocketException e) {
      // The client has what it came for.
    } catch (IOException e) {
      System.err.println("canned server: " + e);
    }
  }

  private void serve(InputStream socketIn, OutputStream socketOut) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(socketIn, 1 << 17);
    DataInputStream in = new DataInputStream(buffered);
    in.skipNBytes(PREFACE_LENGTH);
    // SETTINGS_INITIAL_WINDOW_SIZE of 2^31-1: streams need no credit.
    FrameBytes.header(pending, 6, SETTINGS, 0, 0);
    pending.write(new byte[] {0, 4, 0x7f, -1, -1, -1});
    FrameBytes.windowUpdate(pending, CREDIT);
    while (true) {
      if (pending.size() > 0 && buffered.available() == 0) {
        pending.writeTo(socketOut);
        pending.reset();
      }
      frame(in);
    }
  }

  private void frame(DataInputStream in) throws IOException {
    int lengthAndType = in.readInt();
    int length = lengthAndType >>> 8;
    int type = lengthAndType & 0xff;
    int flags = in.readUnsignedByte();
    int streamId = in.readInt();
    if (type == SETTINGS && (flags & ACK) == 0) {
      FrameBytes.header(pending, 0, SETTINGS, ACK, 0);
    }
    if (type == PING && (flags & ACK) == 0) {
      FrameBytes.header(pending, length, PING, ACK, 0);
      pending.write(in.readNBytes(length));
      return;
    }
    in.skipNBytes(length);
    if (type == DATA) {
      credit(length);
    }
    if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
      answer.writeTo(pending, streamId);
    }
  }

  private void credit(int length) {
    received += length;
    if (received >= CREDIT / 2) {
      FrameBytes.windowUpdate(pending, received);
      received = 0;
    }
  }
}
