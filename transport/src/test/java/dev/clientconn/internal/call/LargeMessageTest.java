// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.message.Messages;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.testing.FakeStream;
import dev.clientconn.testing.TextMethods;
import dev.clientconn.testing.TextMethods.TextMarshaller;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Requests and responses that are held in pooled chunks. */
class LargeMessageTest {
  private static final Status GONE = Status.UNAVAILABLE.withDescription("connection lost");

  private final CallFixture fixture = new CallFixture();

  private static String text(int seed, int length) {
    byte[] letters = new byte[length];
    Random random = new Random(seed);
    for (int i = 0; i < length; i++) {
      letters[i] = (byte) ('a' + random.nextInt(26));
    }
    return new String(letters, StandardCharsets.US_ASCII);
  }

  @Test
  void aRefusedRequestIsSentAgainAsItWasWhateverWasSentBetween() {
    fixture.unary(text(1, 100_000));
    byte[] first = fixture.stream().lastFrame;
    fixture.unary(text(2, 200_000));
    FakeStream second = fixture.stream();
    second.responseHeaders();
    fixture.transport.streams.get(0).close(GONE, StreamProgress.REFUSED);

    byte[] again = fixture.stream().lastFrame;

    assertThat(fixture.transport.streams).hasSize(3);
    assertThat(again).isEqualTo(first).hasSize(100_005);
    assertThat(new String(again, 5, 100_000, StandardCharsets.US_ASCII))
        .isEqualTo(text(1, 100_000));
  }

  @Test
  void messagesOfAStreamKeepTheirOrderAndTheirBytes() {
    ClientCallImpl<String, String> call = fixture.start(TextMethods.BIDI);
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String text = text(i, 10_000 * i);
      call.sendMessage(text);
      sent.add(new String(fixture.stream().lastFrame, 5, text.length(), StandardCharsets.US_ASCII));
      assertThat(sent.get(i)).isEqualTo(text);
    }
  }

  @Test
  void messagesAreReleasedOnceWhetherTheResponseOrTheWriterComesFirst() throws Exception {
    ExecutorService loop = Executors.newSingleThreadExecutor();
    String text = text(7, 40_000);
    long before = Messages.bytesInUse();
    for (int i = 0; i < 1_000; i++) {
      CallFixture one = new CallFixture();
      ClientCallImpl<String, String> call = one.start(TextMethods.BIDI);
      FakeStream stream = one.stream();
      Future<?> answered = loop.submit(() -> stream.responseHeaders());
      for (int n = 0; n < 4; n++) {
        String mine = n + text;
        call.sendMessage(mine);
        assertThat(stream.lastFrame)
            .endsWith(mine.getBytes(StandardCharsets.US_ASCII))
            .hasSize(5 + mine.length());
      }
      answered.get(60, TimeUnit.SECONDS);
      stream.close(Status.OK);
    }
    loop.shutdown();
    assertThat(Messages.bytesInUse()).isLessThanOrEqualTo(before);
  }

  @Test
  void aRequestsMemoryComesBackWhenTheCallIsOver() {
    long before = Messages.bytesInUse();
    fixture.unary(text(8, 100_000));
    assertThat(Messages.bytesInUse() - before).as("kept for another attempt").isPositive();

    fixture.stream().close(GONE);

    assertThat(Messages.bytesInUse()).isLessThanOrEqualTo(before);
  }

  @Conforms("T065")
  @Test
  void theMemoryOfACallThatGetsNoStreamComesBack() {
    long before = Messages.bytesInUse();
    fixture.withoutTransport();
    for (MethodDescriptor<String, String> method : List.of(TextMethods.UNARY, TextMethods.BIDI)) {
      ClientCallImpl<String, String> call = fixture.start(method);
      call.sendMessage(text(10, 1 << 20));
      call.halfClose();

      call.cancel("enough", null);
    }

    assertThat(Messages.bytesInUse() - before).isNotPositive();
  }

  @Test
  void theMemoryOfACallThatEndsBeforeItsHalfCloseComesBack() {
    long before = Messages.bytesInUse();
    ClientCallImpl<String, String> call = fixture.start(TextMethods.UNARY);
    call.sendMessage(text(11, 1 << 20));

    call.cancel("enough", null);

    assertThat(Messages.bytesInUse() - before).isNotPositive();
  }

  @Test
  void theMemoryOfWhatIsWrittenAfterTheEndComesBack() {
    long before = Messages.bytesInUse();
    fixture.options = CallOptions.DEFAULT.withCompression("unknown");
    for (MethodDescriptor<String, String> method : List.of(TextMethods.UNARY, TextMethods.BIDI)) {
      ClientCallImpl<String, String> call = fixture.start(method);
      assertThat(fixture.listener.end().getCode()).isEqualTo(Status.Code.INTERNAL);
      call.sendMessage(text(12, 1 << 20));
      call.halfClose();
    }

    assertThat(Messages.bytesInUse() - before).isNotPositive();
  }

  @Conforms("T065")
  @Test
  void theMemoryOfARequestThatCannotBeEncodedComesBack() {
    long before = Messages.bytesInUse();
    MethodDescriptor<String, String> broken =
        TextMethods.of(MethodType.BIDI_STREAMING, new TextMarshaller() {
          @Override
          public InputStream stream(String value) {
            return new SequenceInputStream(
                new ByteArrayInputStream(new byte[100_000]), new InputStream() {
                  @Override
                  public int read() throws IOException {
                    throw new IOException("broken");
                  }

                  @Override
                  public int read(byte[] target, int offset, int length) throws IOException {
                    throw new IOException("broken");
                  }
                });
          }
        });
    fixture.start(broken).sendMessage("any");
    assertThat(fixture.listener.end().getCode()).isEqualTo(Status.Code.CANCELLED);
    fixture.options = CallOptions.DEFAULT.withMaxOutboundMessageSize(1 << 20);
    fixture.start(unknownLength()).sendMessage(text(13, 3 << 20));
    fixture.options = fixture.options.withCompression("gzip");
    fixture.start(TextMethods.BIDI).sendMessage(text(14, 3 << 20));

    assertThat(fixture.callsEnded).isEqualTo(3);
    assertThat(Messages.bytesInUse() - before).isNotPositive();
  }

  private static MethodDescriptor<String, String> unknownLength() {
    return TextMethods.of(MethodType.BIDI_STREAMING, new TextMarshaller() {
      @Override
      public InputStream stream(String value) {
        return new SequenceInputStream(super.stream(value), InputStream.nullInputStream());
      }
    });
  }

  @Test
  void aResponseIsReadFromItsChunks() {
    String text = text(3, 300_000);
    fixture.unary("hello");

    fixture.stream().respond(text);

    assertThat(fixture.listener.events)
        .containsExactly("headers", "message(" + text + ")", "close(OK)");
  }

  @Test
  void aStreamThatIsKeptFailsWhenTheMessageHasBeenTaken() {
    List<InputStream> kept = new ArrayList<>();
    MethodDescriptor<String, String> method =
        TextMethods.of(MethodType.BIDI_STREAMING, new TextMarshaller() {
          @Override
          public String parse(InputStream stream) {
            kept.add(stream);
            return "unread";
          }
        });
    ClientCallImpl<String, String> call = fixture.start(method);
    call.request(1);

    fixture.stream().responseHeaders();
    fixture.stream().message(text(4, 100_000));

    assertThat(fixture.listener.events).containsExactly("headers", "message(unread)");
    assertThatThrownBy(() -> kept.get(0).read()).isInstanceOf(IOException.class);
  }

  @Test
  void aCancelDropsUndeliveredChunks() {
    ClientCallImpl<String, String> call = fixture.start(TextMethods.BIDI);
    fixture.stream().responseHeaders();
    fixture.stream().message(text(5, 100_000));
    fixture.stream().message(text(6, 100_000));

    call.cancel("enough", null);

    assertThat(fixture.listener.events).containsExactly("headers", "close(CANCELLED)");
  }
}
