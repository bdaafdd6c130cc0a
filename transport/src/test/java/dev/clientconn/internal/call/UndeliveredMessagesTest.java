// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.message.InboundMessage;
import dev.clientconn.internal.wire.MessageDeframer;
import dev.clientconn.internal.wire.MessageException;
import dev.clientconn.testing.TextMethods;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Memory of a window full of messages that the application does not take: at most two bytes of heap
 * for each byte on the wire.
 */
class UndeliveredMessagesTest {

  private static final int WINDOW = 1 << 20;

  /** Chunks that are being filled: in the deframer, in the events, and at the end of the queue. */
  private static final int CONSTANT = 3 * 16_384;

  private final CallFixture fixture = new CallFixture();
  private final MessageDeframer deframer = new MessageDeframer(WINDOW);
  private int eventsInTurn;

  /**
   * Every combination of message size, DATA frame size and number of frames read in one turn of the
   * loop.
   */
  @Conforms({"H28", "T043"})
  @ParameterizedTest
  @CsvSource({
    "0, 5, 1",
    "0, 1, 1",
    "0, 1, 1000",
    "0, 16380, 1",
    "0, 15, 7",
    "1, 6, 1",
    "1, 1, 1",
    "1, 1, 1000",
    "1, 16380, 4",
    "2, 3, 5",
    "7, 16384, 4",
    "16, 21, 1",
    "16, 1, 16",
    "16, 16384, 1",
    "70, 1200, 1",
    "70, 75, 15",
    "100, 105, 1",
    "100, 8900, 1",
    "1000, 1005, 2",
    "1023, 1100, 1",
    "3000, 3005, 3",
    "5000, 16384, 1",
    "20000, 16384, 1"
  })
  void undeliveredMessagesCostNoMoreThanTwiceTheirBytesOnTheWire(
      int body, int frame, int framesInTurn) throws MessageException {
    notRequested(body, frame, framesInTurn);
    executorBehind(body, frame, framesInTurn);
  }

  private void notRequested(int body, int frame, int framesInTurn) throws MessageException {
    ClientCallImpl<String, String> call = fixture.start(TextMethods.BIDI);
    long messages = measure(call, body, frame, framesInTurn);

    fixture.stream().close(Status.OK);
    assertThat(fixture.listener.events).doesNotContain("close(OK)");
    call.request(Integer.MAX_VALUE);
    checkDelivered(messages);
  }

  private void executorBehind(int body, int frame, int framesInTurn) throws MessageException {
    fixture.onExecutor();
    ClientCallImpl<String, String> call = fixture.start(TextMethods.BIDI);
    call.request(Integer.MAX_VALUE);
    long messages = measure(call, body, frame, framesInTurn);

    fixture.stream().close(Status.OK);
    assertThat(fixture.executor.runAll()).isOne();
    checkDelivered(messages);
  }

  private void checkDelivered(long messages) {
    assertThat(fixture.listener.events).hasSize((int) messages + 1).endsWith("close(OK)");
    assertThat(fixture.listener.events.stream().distinct()).hasSize(2);
    fixture.listener.events.clear();
  }

  /** Returns how many messages the peer has sent. */
  private long measure(ClientCallImpl<?, ?> call, int body, int frame, int framesInTurn)
      throws MessageException {
    long before = HeapOf.roots(call, deframer);
    int message = 5 + body;
    long sent = 0;
    while (sent < WINDOW || sent % message != 0) {
      long length = sent < WINDOW ? frame : message - sent % message;
      receive(data(sent, (int) length, body));
      sent += length;
      if (sent / frame % framesInTurn == 0) {
        endTurn();
      }
    }
    endTurn();

    assertThat(HeapOf.roots(call, deframer) - before).isLessThanOrEqualTo(2 * sent + CONSTANT);
    return sent / message;
  }

  /** Bytes of an endless sequence of such messages. */
  private static ByteBuf data(long from, int length, int body) {
    ByteBuf data = Unpooled.buffer(length);
    for (long at = from; at < from + length; at++) {
      int inMessage = (int) (at % (5 + body));
      boolean length32 = inMessage > 0 && inMessage < 5;
      data.writeByte(length32 ? body >>> (8 * (4 - inMessage)) : inMessage == 0 ? 0 : 'x');
    }
    return data;
  }

  private void receive(ByteBuf data) throws MessageException {
    deframer.deframe(data, this::deliver);
    data.release();
  }

  private void deliver(InboundMessage message) {
    eventsInTurn++;
    fixture.stream().listener.onMessage(message);
  }

  private void endTurn() {
    deframer.deliverPacked(this::deliver);
    if (eventsInTurn > 0) {
      fixture.stream().listener.onBatchEnd();
    }
    eventsInTurn = 0;
  }
}
