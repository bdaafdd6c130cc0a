// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.message.InboundChunkPool;
import dev.clientconn.internal.message.InboundMessage;
import dev.clientconn.internal.message.Messages;
import dev.clientconn.internal.message.SmallMessagePacker;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageDeframerTest {

  private static final int MAX = 4 * 1024 * 1024;

  private static final class Message {
    final byte[] body;
    final boolean compressed;

    Message(InboundMessage message) {
      this(Messages.bytes(message), message.isCompressed());
    }

    Message(byte[] body, boolean compressed) {
      this.body = body;
      this.compressed = compressed;
    }
  }

  private final List<Message> received = new ArrayList<>();
  /** The sum of the results of {@link MessageDeframer#deframe}. */
  private int complete;

  private final MessageDeframer deframer = new MessageDeframer(MAX);

  @Test
  void deframingUndoesFramingHoweverTheBytesAreSplit() throws Exception {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<Message> sent = messages(random);
      byte[] wire = frame(sent);
      received.clear();
      complete = 0;

      int at = 0;
      while (at < wire.length) {
        int cut = Math.min(wire.length - at, 1 + random.nextInt(1 << random.nextInt(18)));
        read(buffer(random, wire, at, cut));
        if (random.nextBoolean()) {
          deframer.deliverPacked(this::receive);
        }
        at += cut;
        assertThat(deframer.bytesMissing())
            .as("seed %d at %d", seed, at)
            .isEqualTo(missing(sent, at));
        assertThat(deframer.isMidMessage()).isEqualTo(missing(sent, at) > 0);
      }

      deframer.deliverPacked(this::receive);
      assertThat(deframer.hasPackedMessages()).isFalse();
      assertThat(received).as("seed %d", seed).hasSameSizeAs(sent);
      assertThat(complete).as("seed %d", seed).isEqualTo(sent.size());
      for (int i = 0; i < sent.size(); i++) {
        assertThat(received.get(i).body).isEqualTo(sent.get(i).body);
        assertThat(received.get(i).compressed).isEqualTo(sent.get(i).compressed);
      }
    }
  }

  @Test
  void anEmptyMessageIsDeliveredWithItsLastPrefixByte() throws Exception {
    deframe(Unpooled.wrappedBuffer(new byte[] {0, 0, 0, 0}));
    assertThat(received).isEmpty();
    assertThat(deframer.bytesMissing()).isEqualTo(1);

    deframe(Unpooled.wrappedBuffer(new byte[] {0}));

    assertThat(received).hasSize(1);
    assertThat(received.get(0).body).isEmpty();
    assertThat(deframer.isMidMessage()).isFalse();
  }

  @Test
  void anEmptyBufferChangesNothing() throws Exception {
    deframe(Unpooled.EMPTY_BUFFER);
    assertThat(deframer.isMidMessage()).isFalse();
    assertThat(deframer.bytesMissing()).isZero();

    deframe(Unpooled.wrappedBuffer(new byte[] {0, 0}));
    deframe(Unpooled.EMPTY_BUFFER);
    assertThat(deframer.bytesMissing()).isEqualTo(3);
  }

  @Conforms("T043")
  @Test
  void aLargeMessageThatArrivesInPiecesIsWhole() throws Exception {
    byte[] body = new byte[1_000_003];
    new Random(7).nextBytes(body);
    byte[] wire = frame(List.of(new Message(body, true)));

    for (int at = 0; at < wire.length; at += 1_009) {
      deframe(Unpooled.wrappedBuffer(wire, at, Math.min(1_009, wire.length - at)));
    }

    assertThat(received).hasSize(1);
    assertThat(received.get(0).body).isEqualTo(body);
  }

  @Test
  void aLengthIsNotTrustedBeforeItsBytesArrive() throws Exception {
    MessageDeframer trusting = new MessageDeframer(Integer.MAX_VALUE);
    ByteBuf prefix = Unpooled.wrappedBuffer(new byte[] {0, 0x7f, -1, -1, -1, 42});

    // No JVM can allocate an array of that length: it would throw.
    trusting.deframe(prefix, this::receive);

    assertThat(trusting.bytesMissing()).isEqualTo(Integer.MAX_VALUE - 1);
    assertThat(received).isEmpty();
  }

  @Test
  void memoryIsAllocatedAsTheBytesArrive() throws Exception {
    int chunks = 100;
    InboundChunkPool pool = new InboundChunkPool(chunks * (long) InboundChunkPool.CHUNK);
    Messages.bytes(Messages.inbound(pool, new byte[chunks * InboundChunkPool.CHUNK]));
    long atRest = pool.pooledBytes();
    MessageDeframer frugal = new MessageDeframer(Integer.MAX_VALUE, pool);

    frugal.deframe(Unpooled.wrappedBuffer(new byte[] {0, 0x7f, -1, -1, -1}), message -> {});
    assertThat(atRest - pool.pooledBytes()).isZero();
    frugal.deframe(Unpooled.wrappedBuffer(new byte[1]), message -> {});
    assertThat(atRest - pool.pooledBytes()).isEqualTo(InboundChunkPool.CHUNK);
    frugal.deframe(Unpooled.wrappedBuffer(new byte[5 * InboundChunkPool.CHUNK - 1]), message -> {});
    assertThat(atRest - pool.pooledBytes()).isEqualTo(5 * InboundChunkPool.CHUNK);
  }

  @ParameterizedTest
  @ValueSource(ints = {16_383, 16_384, 16_385, 32_767, 32_768, 32_769, 49_152})
  void messagesOfWholeChunksEndWhereTheyShould(int length) throws Exception {
    byte[] body = new byte[length];
    new Random(length).nextBytes(body);
    Message message = new Message(body, false);

    deframe(Unpooled.wrappedBuffer(frame(List.of(message, message))));

    assertThat(received).hasSize(2).allSatisfy(m -> assertThat(m.body).isEqualTo(body));
    assertThat(deframer.isMidMessage()).isFalse();
  }

  @Conforms("T201")
  @Test
  void aMessageOverTheLimitIsRefusedByItsPrefixAlone() {
    ByteBuf data = Unpooled.buffer().writeByte(0).writeInt(5_000_000);

    Status status = failure(data).status();

    assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(status.getDescription())
        .isEqualTo("gRPC message exceeds maximum size 4194304: 5000000");
  }

  @Test
  void theLimitItselfIsAllowed() throws Exception {
    deframe(Unpooled.wrappedBuffer(frame(List.of(new Message(new byte[MAX], false)))));

    assertThat(received).hasSize(1);
    assertThat(
            failure(Unpooled.buffer().writeByte(0).writeInt(MAX + 1)).status().getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  void lengthsAreUnsigned() {
    Status status = failure(Unpooled.buffer().writeByte(0).writeInt(-1)).status();

    assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(status.getDescription()).endsWith(": 4294967295");
  }

  @Conforms("T200")
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 0x80, 0xff})
  void anUnknownFlagIsAnError(int flag) {
    MessageException failure = failure(Unpooled.buffer().writeByte(flag).writeInt(0));

    assertThat(failure.status().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(failure).hasMessageContaining("flag is " + flag + ",");
    assertThat(failure.getStackTrace()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 100})
  void messagesBeforeABrokenOneAreDelivered(int whole) {
    ByteBuf data = Unpooled.buffer();
    for (int i = 0; i < whole; i++) {
      data.writeByte(0).writeInt(1).writeByte('x');
    }

    failure(data.writeByte(9).writeInt(0));

    assertThat(received).hasSize(whole);
  }

  @Test
  void smallMessagesOfOneTurnAreDeliveredTogetherAndSeparatedOneByOne() throws Exception {
    List<InboundMessage> nodes = new ArrayList<>();
    byte[] two = frame(List.of(new Message(new byte[3], false), new Message(new byte[0], true)));
    deframe(Unpooled.wrappedBuffer(two));
    received.clear();

    deframer.deframe(Unpooled.wrappedBuffer(two), nodes::add);
    // A message that is split between two reads is packed with the others.
    deframer.deframe(Unpooled.wrappedBuffer(two, 0, 7), nodes::add);
    deframer.deframe(Unpooled.wrappedBuffer(two, 7, two.length - 7), nodes::add);
    assertThat(nodes).isEmpty();
    assertThat(deframer.hasPackedMessages()).isTrue();
    deframer.deliverPacked(nodes::add);

    assertThat(nodes).hasSize(1);
    receive(nodes.get(0));
    assertThat(received).hasSize(4);
    assertThat(received.get(2).body).hasSize(3);
    assertThat(received.get(3).compressed).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MAX_VALUE, 700})
  void smallMessagesAreDeliveredTogetherUpToAChunk(int read) throws Exception {
    assertThat(deliveries(read, Collections.nCopies(40, 1000))).containsExactly(16, 16, 8);
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MAX_VALUE, 700})
  void smallMessagesFillAChunkToTheLastByte(int read) throws Exception {
    int length = (InboundChunkPool.CHUNK + MessageDeframer.PREFIX_LENGTH) / 9 - 5;
    // The prefix of the first is not stored.
    assertThat(9 * (length + 5)).isEqualTo(InboundChunkPool.CHUNK + 5);

    assertThat(deliveries(read, Collections.nCopies(18, length))).containsExactly(9, 9);
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MAX_VALUE, 700})
  void theLongestSmallMessageIsDeliveredWithOthersAndALongerOneAlone(int read) throws Exception {
    int longest = SmallMessagePacker.LONGEST;

    assertThat(deliveries(read, List.of(longest, 1, longest))).containsExactly(3);
    assertThat(deliveries(read, List.of(1, longest + 1, 1))).containsExactly(1, 1, 1);
  }

  /**
   * Receives messages of these lengths in one turn, by reads of so many bytes at most. Returns how
   * many are delivered at a time.
   */
  private static List<Integer> deliveries(int read, List<Integer> lengths) throws Exception {
    MessageDeframer deframer = new MessageDeframer(MAX);
    // The first of a stream is delivered alone in any case.
    deframer.deframe(Unpooled.wrappedBuffer(new byte[5]), first -> {});
    List<Integer> counts = new ArrayList<>();
    MessageDeframer.Sink sink = first -> {
      int count = 0;
      for (InboundMessage each = first; each != null; each = each.following()) {
        assertThat(Messages.bytes(each)).hasSize(lengths.get(sum(counts) + count));
        count++;
      }
      counts.add(count);
    };
    byte[] wire =
        frame(lengths.stream().map(l -> new Message(new byte[l], false)).toList());
    for (int at = 0; at < wire.length; at += Math.min(read, wire.length - at)) {
      deframer.deframe(Unpooled.wrappedBuffer(wire, at, Math.min(read, wire.length - at)), sink);
    }
    deframer.deliverPacked(sink);
    return counts;
  }

  private static int sum(List<Integer> counts) {
    return counts.stream().mapToInt(Integer::intValue).sum();
  }

  @Test
  void aMessageThatIsNotSmallKeepsItsPosition() throws Exception {
    byte[] large = new byte[20_000];
    large[19_999] = 7;
    Message small = new Message(new byte[] {1}, false);
    Message big = new Message(large, false);

    deframe(Unpooled.wrappedBuffer(frame(List.of(small, small, big, small, big))));

    assertThat(received)
        .extracting(message -> message.body.length)
        .containsExactly(1, 1, 20_000, 1, 20_000);
  }

  @Test
  void aSinkThatThrowsLosesNoOtherMessage() throws Exception {
    byte[] wire =
        frame(List.of(new Message(new byte[] {1}, false), new Message(new byte[] {2}, false)));
    ByteBuf data = Unpooled.wrappedBuffer(wire);
    MessageDeframer.Sink broken = message -> {
      throw new IllegalStateException("broken sink");
    };

    assertThat(
            catchThrowableOfType(IllegalStateException.class, () -> deframer.deframe(data, broken)))
        .isNotNull();
    deframe(data);

    assertThat(received).hasSize(1);
    assertThat(received.get(0).body).containsExactly(2);
  }

  private void receive(InboundMessage first) {
    for (InboundMessage each = first; each != null; each = each.following()) {
      received.add(new Message(each));
    }
  }

  /** Runs a turn that reads only this buffer. */
  private void deframe(ByteBuf data) throws MessageException {
    read(data);
    deframer.deliverPacked(this::receive);
  }

  private void read(ByteBuf data) throws MessageException {
    int references = data.refCnt();
    complete += deframer.deframe(data, this::receive);
    assertThat(data.isReadable()).isFalse();
    assertThat(data.refCnt()).isEqualTo(references);
    data.release();
  }

  private MessageException failure(ByteBuf data) {
    int references = data.refCnt();
    MessageException failure =
        catchThrowableOfType(MessageException.class, () -> deframer.deframe(data, this::receive));
    deframer.deliverPacked(this::receive);
    assertThat(failure).isNotNull();
    assertThat(data.refCnt()).isEqualTo(references);
    data.release();
    return failure;
  }

  private static List<Message> messages(Random random) {
    List<Message> messages = new ArrayList<>();
    for (int i = random.nextInt(12); i >= 0; i--) {
      byte[] body = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(1 << random.nextInt(19))];
      random.nextBytes(body);
      messages.add(new Message(body, random.nextBoolean()));
    }
    return messages;
  }

  private static byte[] frame(List<Message> messages) {
    ByteBuf wire = Unpooled.buffer();
    for (Message message : messages) {
      wire.writeByte(message.compressed ? 1 : 0);
      wire.writeInt(message.body.length);
      wire.writeBytes(message.body);
    }
    byte[] bytes = new byte[wire.readableBytes()];
    wire.readBytes(bytes);
    return bytes;
  }

  private static ByteBuf buffer(Random random, byte[] wire, int at, int length) {
    return switch (random.nextInt(3)) {
      case 0 -> Unpooled.wrappedBuffer(wire, at, length);
      case 1 -> Unpooled.directBuffer(length).writeBytes(wire, at, length);
      default -> {
        int half = length / 2;
        CompositeByteBuf both = Unpooled.compositeBuffer();
        both.addComponent(true, Unpooled.copiedBuffer(wire, at, half));
        both.addComponent(true, Unpooled.copiedBuffer(wire, at + half, length - half));
        yield both;
      }
    };
  }

  /** Expected {@link MessageDeframer#bytesMissing} after {@code at} bytes of {@code messages}. */
  private static int missing(List<Message> messages, int at) {
    int rest = at;
    for (Message message : messages) {
      int whole = MessageDeframer.PREFIX_LENGTH + message.body.length;
      if (rest < whole) {
        boolean lengthKnown = rest >= MessageDeframer.PREFIX_LENGTH;
        return rest == 0 ? 0 : lengthKnown ? whole - rest : MessageDeframer.PREFIX_LENGTH - rest;
      }
      rest -= whole;
    }
    return 0;
  }
}
