// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.transport.ChannelTotals.ConnectOutcome;
import dev.clientconn.transport.ChannelTotals.ResolutionOutcome;
import dev.clientconn.transport.TransportListener.RepeatReason;
import dev.clientconn.transport.TransportListener.WaitOutcome;
import dev.clientconn.transport.WaitCause;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Defines a tag of a meter.
 *
 * @param key the key
 * @param values all values that the tag can have; empty if it has one value for each target, from
 *     the configuration
 */
record MeterTag(String key, List<String> values) {

  static final MeterTag STATE = of("state", "connecting", "ready", "draining", "idle", "backoff");

  static final MeterTag STAT = of("stat", "min", "sum");

  static final MeterTag OUTCOME = of("outcome", Stream.of(WaitOutcome.values()));

  static final MeterTag REASON = of("reason", Stream.of(RepeatReason.values()));

  static final MeterTag CAUSE =
      new MeterTag("cause", Stream.of(WaitCause.values()).map(WaitCause::id).toList());

  static final MeterTag ATTEMPT = new MeterTag(
      "outcome", Stream.of(ConnectOutcome.values()).map(ConnectOutcome::id).toList());

  static final MeterTag RESOLUTION = new MeterTag(
      "outcome",
      Stream.of(ResolutionOutcome.values()).map(ResolutionOutcome::id).toList());

  static final MeterTag DIRECTION = of("direction", "sent", "received");

  /** Error codes of RFC 9113 section 7. */
  static final MeterTag CODE = of(
      "code",
      "NO_ERROR",
      "PROTOCOL_ERROR",
      "INTERNAL_ERROR",
      "FLOW_CONTROL_ERROR",
      "SETTINGS_TIMEOUT",
      "STREAM_CLOSED",
      "FRAME_SIZE_ERROR",
      "REFUSED_STREAM",
      "CANCEL",
      "COMPRESSION_ERROR",
      "CONNECT_ERROR",
      "ENHANCE_YOUR_CALM",
      "INADEQUATE_SECURITY",
      "HTTP_1_1_REQUIRED",
      "OTHER");

  /** The address of the target. Standard meters have it, see gRFC A66. */
  static final MeterTag GRPC_TARGET = of("grpc.target");

  /** gRFC A94. */
  static final MeterTag SECURITY_LEVEL = of("grpc.security_level", "none", "privacy_and_integrity");

  /** gRFC A94. */
  static final MeterTag DISCONNECT_ERROR = new MeterTag(
      "grpc.disconnect_error",
      Stream.concat(
              CODE.values.stream().map(code -> "GOAWAY " + code),
              Stream.of(
                  "subchannel shutdown",
                  "connection reset",
                  "connection timed out",
                  "connection aborted",
                  "socket error",
                  "unknown"))
          .toList());

  /** gRFC A118. */
  static final MeterTag HANDSHAKE_RESULT = of(
      "grpc.tls.handshake.result",
      "SUCCESS",
      "HANDSHAKE_TIMEOUT",
      "PEER_CONNECTION_CLOSED",
      "NO_APPLICATION_PROTOCOL",
      "PROTOCOL_VERSION_UNSUPPORTED",
      "CIPHER_SUITE_MISMATCH",
      "INAPPROPRIATE_FALLBACK",
      "CERTIFICATE_EXPIRED",
      "CERTIFICATE_NOT_YET_VALID",
      "CERTIFICATE_REVOKED",
      "CERTIFICATE_AUTHORITY_INVALID",
      "CERTIFICATE_MALFORMED",
      "CERTIFICATE_HOSTNAME_MISMATCH",
      "CERTIFICATE_VERIFICATION_FAILED",
      "SIGNATURE_VERIFICATION_FAILED",
      "DECRYPTION_FAILED",
      "UNEXPECTED_MESSAGE",
      "UNKNOWN_FAILURE");

  /** gRFC A118. */
  static final MeterTag HANDSHAKE_RESUMED = of("grpc.tls.handshake.resumed", "true", "false");

  static MeterTag of(String key, String... values) {
    return new MeterTag(key, List.of(values));
  }

  private static MeterTag of(String key, Stream<? extends Enum<?>> values) {
    return new MeterTag(key, values.map(MeterTag::value).toList());
  }

  /** Returns the value that stands for a constant: {@code connection-lost}. */
  static String value(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean isFixed() {
    return !this.values.isEmpty();
  }

  /** Returns a listed value, the last one for others, so that peers cannot add series. */
  String bound(String value) {
    return this.values.isEmpty() || this.values.contains(value)
        ? value
        : this.values.get(this.values.size() - 1);
  }
}
