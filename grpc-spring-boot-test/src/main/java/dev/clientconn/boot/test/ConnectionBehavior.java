// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Settings;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Describes how a connection of a {@link FaultyServer} behaves, from its first byte on. Without
 * changes it is an ordinary HTTP/2 connection. Values of several calls of a method replace each
 * other.
 */
public final class ConnectionBehavior {

  /** A TLS record: a fatal alert, handshake_failure (RFC 8446, section 6). */
  private static final byte[] TLS_ALERT = {0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28};

  private final Http2Settings settings = Http2Settings.defaultSettings();

  private Duration settingsDelay = Duration.ZERO;

  private boolean settingsSent = true;

  private boolean updatesWindows = true;

  private boolean acknowledgesPings = true;

  private boolean closed;

  private byte @Nullable [] bytesAtOpen;

  private byte @Nullable [] bytesAtFirstRead;

  ConnectionBehavior() {}

  /**
   * Limits the calls that are open at a time; further calls wait in the client.
   *
   * @param limit 0 or more
   * @return this
   */
  public ConnectionBehavior maxConcurrentStreams(long limit) {
    this.settings.maxConcurrentStreams(limit);
    return this;
  }

  /**
   * Sets how many bytes of request messages a call may send before the server permits more. The
   * default is 65,535; a larger window enlarges that of the connection too. With 0, no message is
   * sent: the server receives only the headers of the call.
   *
   * @param bytes 0 or more
   * @return this
   */
  public ConnectionBehavior initialStreamWindow(int bytes) {
    this.settings.initialWindowSize(bytes);
    return this;
  }

  /**
   * Never permits the client to send more than the initial windows: each call stops after the
   * initial stream window, and all calls together stop after the window of the connection, which is
   * 65,535 bytes or the stream window, whichever is larger.
   *
   * @return this
   */
  public ConnectionBehavior withholdWindowUpdates() {
    this.updatesWindows = false;
    return this;
  }

  /**
   * Never responds to pings, so that keepalive closes the connection.
   *
   * @return this
   */
  public ConnectionBehavior ignorePings() {
    this.acknowledgesPings = false;
    return this;
  }

  /**
   * Sends the HTTP/2 settings late. Until then the client has no connection.
   *
   * @param delay zero or longer
   * @return this
   */
  public ConnectionBehavior delaySettings(Duration delay) {
    this.settingsDelay = delay;
    return this;
  }

  /**
   * Accepts the connection and sends nothing, not even HTTP/2 settings. What the client sends is
   * discarded.
   *
   * @return this
   */
  public ConnectionBehavior neverSendSettings() {
    this.settingsSent = false;
    return this;
  }

  /**
   * Sends bytes that are not HTTP/2, and then nothing.
   *
   * @param bytes what to send, for example a response of HTTP/1.1
   * @return this
   */
  public ConnectionBehavior sendBytes(byte[] bytes) {
    this.settingsSent = false;
    this.bytesAtOpen = bytes.clone();
    return this;
  }

  /**
   * Responds to the first bytes of the client with a TLS alert, {@code handshake_failure}, and
   * closes the connection.
   *
   * @return this
   */
  public ConnectionBehavior sendTlsAlert() {
    this.settingsSent = false;
    this.bytesAtFirstRead = TLS_ALERT;
    return this;
  }

  /**
   * Closes the connection when it is accepted.
   *
   * @return this
   */
  public ConnectionBehavior close() {
    this.closed = true;
    return this;
  }

  void open(Channel channel, Script script) {
    if (this.closed) {
      channel.close();
    } else if (!this.settingsSent) {
      channel
          .pipeline()
          .addLast(new RawConnection(copy(this.bytesAtOpen), copy(this.bytesAtFirstRead)));
    } else if (this.settingsDelay.isZero()) {
      speakHttp2(channel, script);
    } else {
      // Nothing is read before: the bytes of the client stay in the socket.
      channel.config().setAutoRead(false);
      channel
          .eventLoop()
          .schedule(
              () -> {
                speakHttp2(channel, script);
                channel.config().setAutoRead(true);
              },
              this.settingsDelay.toNanos(),
              TimeUnit.NANOSECONDS);
    }
  }

  private void speakHttp2(Channel channel, Script script) {
    Http2FrameCodecBuilder codec = Http2FrameCodecBuilder.forServer()
        .initialSettings(this.settings)
        .autoAckPingFrame(this.acknowledgesPings);
    channel
        .pipeline()
        .addLast(new ReadGate())
        .addLast(RawFrames.CODEC, codec.build())
        .addLast(new CallHandler(script, this.updatesWindows));
  }

  private static @Nullable ByteBuf copy(byte @Nullable [] bytes) {
    return bytes == null ? null : Unpooled.wrappedBuffer(bytes);
  }
}
