// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.benchmarks.workload.EchoMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageCounterTest {

  private static final int MESSAGES = 7;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 5, 6, 100, 10_000})
  void messagesAreCountedWhereverTheyAreSplit(int cut) {
    ByteBuf bytes = messages(300);
    MessageCounter counter = new MessageCounter();
    int counted = 0;
    while (bytes.isReadable()) {
      int length = Math.min(cut, bytes.readableBytes());
      counted += counter.count(bytes, length);
      bytes.skipBytes(length);
    }
    assertThat(counted).isEqualTo(MESSAGES);
  }

  @Test
  void aMessageIsCountedWithItsLastByte() {
    ByteBuf bytes = Unpooled.wrappedBuffer(EchoMessages.framed(70_000));
    MessageCounter counter = new MessageCounter();

    assertThat(counter.count(bytes, bytes.readableBytes() - 1)).isZero();
    bytes.skipBytes(bytes.readableBytes() - 1);
    assertThat(counter.count(bytes, 1)).isEqualTo(1);
  }

  @Test
  void emptyMessagesAreCounted() {
    ByteBuf bytes = messages(0);

    assertThat(bytes.readableBytes()).isEqualTo(5 * MESSAGES);
    assertThat(new MessageCounter().count(bytes, bytes.readableBytes())).isEqualTo(MESSAGES);
  }

  private static ByteBuf messages(int payloadBytes) {
    ByteBuf bytes = Unpooled.buffer();
    for (int i = 0; i < MESSAGES; i++) {
      bytes.writeBytes(EchoMessages.framed(payloadBytes));
    }
    return bytes;
  }
}
