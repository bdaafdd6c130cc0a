// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.benchmarks.frame.FrameWriter;
import dev.clientconn.benchmarks.frame.StreamSender;
import dev.clientconn.benchmarks.workload.Workload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FloorConnectionTest {

  private final FloorConnection.Request request = new FloorConnection.Request(
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
      Workload.parse("async-direct:1+request=100000+response=0"));
  private final StreamSender sender = new StreamSender(request);
  private final ByteBuf out = Unpooled.buffer();

  @Test
  void onlyTheLastFrameOfALargeRequestEndsTheStream() {
    sender.initialWindow(1 << 20);
    sender.windowUpdate(0, 1 << 20);
    sender.offer(sender.open(1), request.messageBytes(), true, out);
    sender.send(out);

    List<Integer> lengths = new ArrayList<>();
    List<Integer> flags = new ArrayList<>();
    while (out.isReadable()) {
      int length = out.readUnsignedMedium();
      assertThat(out.readByte()).isZero();
      lengths.add(length);
      flags.add((int) out.readByte());
      out.skipBytes(4 + length);
    }
    assertThat(lengths.stream().mapToInt(Integer::intValue).sum())
        .isEqualTo(request.messageBytes());
    assertThat(lengths).allMatch(length -> length <= FrameWriter.MAX_FRAME_BYTES);
    assertThat(flags).containsExactly(0, 0, 0, 0, 0, 0, 1);
  }

  @Test
  void onlyTheFirstHeadersAddToTheDynamicTable() {
    request.writeHeaders(out, 1);
    int first = out.readableBytes();
    request.writeHeaders(out, 3);

    assertThat(out.readableBytes() - first).isLessThan(20).isLessThan(first);
  }
}
