// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import dev.clientconn.internal.transport.TcpInfo;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Reads the figures of a TCP connection from Linux: {@code struct tcp_info} of {@code
 * linux/tcp.h}, which only ever grows at its end. Netty's own reader of it ends before the fields
 * that gRFC A80 names.
 */
final class TcpFigures {
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_INFO = 11;

  // Offsets of the fields.
  private static final int RETRANSMITS = 2;
  private static final int FLAGS = 7;
  private static final int TOTAL_RETRANS = 100;
  private static final int MIN_RTT = 148;
  private static final int DATA_SEGS_OUT = 156;
  private static final int DELIVERY_RATE = 160;
  private static final int BYTES_SENT = 200;
  private static final int BYTES_RETRANS = 208;
  private static final int DSACK_DUPS = 216;
  private static final int LENGTH = 220;

  /** A bit field: compilers begin with the lowest bit on little-endian machines. */
  private static final int APP_LIMITED =
      ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 0x01 : 0x80;

  private static final RawUnixChannelOption OPTION =
      new RawUnixChannelOption("TCP_INFO", IPPROTO_TCP, TCP_INFO, LENGTH);

  private TcpFigures() {}

  /** Returns the figures, {@code null} where the socket is closed or there are none. */
  static @Nullable TcpInfo of(EpollSocketChannel channel) {
    try {
      ByteBuffer struct = channel.config().getOption(OPTION);
      return struct == null ? null : parse(struct.order(ByteOrder.nativeOrder()));
    } catch (RuntimeException refused) {
      return null;
    }
  }

  /**
   * Parses the struct. Fields that an older kernel does not have are 0.
   *
   * @param struct in the order of the machine
   */
  static TcpInfo parse(ByteBuffer struct) {
    boolean limitedByApplication = (struct.get(FLAGS) & APP_LIMITED) != 0;
    int minRtt = struct.getInt(MIN_RTT);
    return new TcpInfo(
        // All bits are set where there was no round trip yet.
        minRtt == -1 ? 0 : Integer.toUnsignedLong(minRtt),
        limitedByApplication ? 0 : struct.getLong(DELIVERY_RATE),
        Integer.toUnsignedLong(struct.getInt(DATA_SEGS_OUT)),
        Integer.toUnsignedLong(struct.getInt(TOTAL_RETRANS)),
        Integer.toUnsignedLong(struct.getInt(DSACK_DUPS)),
        struct.getLong(BYTES_SENT),
        struct.getLong(BYTES_RETRANS),
        Byte.toUnsignedLong(struct.get(RETRANSMITS)));
  }
}
