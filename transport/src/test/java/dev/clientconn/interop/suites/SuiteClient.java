// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.suites;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The client that connectrpc's suite starts. It reads cases from standard input, makes their calls,
 * some at a time, and writes each result to standard output: every message has its length before
 * it, as four bytes.
 */
final class SuiteClient {
  private static final int CALLS_AT_A_TIME = 24;
  private static final int END_SECONDS = 300;

  private final DataOutputStream output;
  private final SuiteChannels channels;

  private SuiteClient(DataOutputStream output, SuiteChannels channels) {
    this.output = output;
    this.channels = channels;
  }

  public static void main(String[] arguments) throws Exception {
    SuiteChannels channels = new SuiteChannels();
    ExecutorService threads = Executors.newFixedThreadPool(CALLS_AT_A_TIME);
    try {
      DataInputStream input = new DataInputStream(System.in);
      SuiteClient client = new SuiteClient(new DataOutputStream(System.out), channels);
      for (byte[] message = read(input); message.length > 0; message = read(input)) {
        SuiteCase suiteCase = SuiteCase.parse(message);
        threads.execute(() -> client.run(suiteCase));
      }
      threads.shutdown();
      if (!threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("calls are left");
      }
    } finally {
      threads.shutdownNow();
      channels.shutdown();
    }
  }

  /** Reads a message; an empty array at the end of the input, since no case is empty. */
  private static byte[] read(DataInputStream input) throws IOException {
    byte[] size = input.readNBytes(Integer.BYTES);
    return size.length == 0 ? size : input.readNBytes(ByteBuffer.wrap(size).getInt());
  }

  private void run(SuiteCase suiteCase) {
    byte[] answer;
    try {
      SuiteCall call = new SuiteCall(suiteCase, channels.connected(suiteCase.server()));
      answer = call.run().toByteArray(suiteCase.name());
    } catch (Exception e) {
      answer = SuiteResult.failure(suiteCase.name(), e);
    }
    synchronized (output) {
      try {
        output.writeInt(answer.length);
        output.write(answer);
        output.flush();
      } catch (IOException e) {
        throw new UncheckedIOException("the suite reads no more", e);
      }
    }
  }
}
