// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class NonGrpcBodyTest {

  private static final Status SO_FAR = Status.UNAVAILABLE.withDescription("503");

  private final NonGrpcBody body = new NonGrpcBody(SO_FAR);

  @Test
  void joinsPiecesBehindTheDescription() {
    assertThat(add("first ")).isFalse();
    assertThat(add("second")).isFalse();

    Status status = body.toStatus();

    assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(status.getDescription()).isEqualTo("503\ndata: \"first second\"");
  }

  @Conforms("T144")
  @Test
  void anEmptyBodyHasEmptyQuotes() {
    assertThat(body.toStatus().getDescription()).isEqualTo("503\ndata: \"\"");
  }

  @Test
  void collectsTheFirstKibibyteAndReportsThatItIsFull() {
    assertThat(add("a".repeat(1023))).isFalse();
    assertThat(add("bcd")).isTrue();
    assertThat(add("e")).isTrue();

    assertThat(body.toStatus().getDescription())
        .isEqualTo("503\ndata: \"" + "a".repeat(1023) + "b\"");
  }

  @Test
  void thePeersTextCannotEndItsQuotesOrItsLine() {
    add("<p class=\"x\">\\\r\n\t\u0000\u001b\u2028é</p>");

    assertThat(body.toStatus().getDescription())
        .isEqualTo("503\ndata: \"<p class=\\\"x\\\">\\\\\\r\\n\\t\\u0000\\u001b\\u2028é</p>\"");
  }

  private boolean add(String text) {
    ByteBuf data = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    try {
      boolean full = body.add(data);
      assertThat(data.isReadable()).isFalse();
      assertThat(data.refCnt()).isEqualTo(1);
      return full;
    } finally {
      data.release();
    }
  }
}
