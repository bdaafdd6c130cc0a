// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

/**
 * Holds what the kernel knows of a TCP connection: {@code struct tcp_info} of Linux, as far as gRFC
 * A80 uses it. All but the first two and the last are totals since the connection was made.
 *
 * @param minRttMicros the smallest round trip in microseconds; 0 if none is known
 * @param deliveryRate bytes a second that the network took; 0 if the application sent fewer than it
 *     would take
 * @param packetsSent with data, retransmissions included
 * @param packetsRetransmitted those that were not necessary included
 * @param packetsSpurious retransmitted and not necessary
 * @param bytesSent retransmissions included
 * @param bytesRetransmitted those that were not necessary included
 * @param timeouts how often the oldest packet without an acknowledgement was retransmitted because
 *     of a timeout
 */
public record TcpInfo(
    long minRttMicros,
    long deliveryRate,
    long packetsSent,
    long packetsRetransmitted,
    long packetsSpurious,
    long bytesSent,
    long bytesRetransmitted,
    long timeouts) {

  /** Nothing was sent. */
  public static final TcpInfo NONE = new TcpInfo(0, 0, 0, 0, 0, 0, 0, 0);

  /** Returns these figures, with the totals since {@code earlier}. */
  public TcpInfo since(TcpInfo earlier) {
    return new TcpInfo(
        minRttMicros,
        deliveryRate,
        packetsSent - earlier.packetsSent,
        packetsRetransmitted - earlier.packetsRetransmitted,
        packetsSpurious - earlier.packetsSpurious,
        bytesSent - earlier.bytesSent,
        bytesRetransmitted - earlier.bytesRetransmitted,
        timeouts);
  }
}
