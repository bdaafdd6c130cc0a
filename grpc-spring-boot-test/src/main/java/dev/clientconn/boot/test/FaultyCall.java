// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Responds to a call of a {@link FaultyServer}, or fails it. The methods do what they say at once;
 * {@link #after} does it later. A call for which nothing is done never ends.
 *
 * <p>Used by the thread of the connection only.
 */
public final class FaultyCall {

  private static final String METHOD_PREFIX = "/";

  private final ChannelHandlerContext context;

  private final Script script;

  private final Http2FrameStream stream;

  private final Http2Headers request;

  private boolean headersSent;

  FaultyCall(
      ChannelHandlerContext context, Script script, Http2FrameStream stream, Http2Headers request) {
    this.context = context;
    this.script = script;
    this.stream = stream;
    this.request = request;
  }

  /**
   * Returns the full name of the method.
   *
   * @return for example {@code greeter.v1.Greeter/Greet}
   */
  public String method() {
    String path = String.valueOf(this.request.path());
    return path.startsWith(METHOD_PREFIX) ? path.substring(1) : path;
  }

  /**
   * Returns a value of the request's metadata, as it was sent.
   *
   * @param name the key in lower case
   * @return the first value of the key, or null if there is none
   */
  public @Nullable String metadata(String name) {
    CharSequence value = this.request.get(name);
    return value == null ? null : value.toString();
  }

  /**
   * Returns the identifier of the HTTP/2 stream.
   *
   * @return 1 for the first call of a connection, then 3, 5, ...
   */
  public int streamId() {
    return this.stream.id();
  }

  /** Responds with one message of no bytes, in which protobuf fields have their defaults. */
  public void respondEmpty() {
    respond(new byte[0]);
  }

  /**
   * Responds with one message and the status OK.
   *
   * @param message the encoded message, {@code toByteArray()} of protobuf
   */
  public void respond(byte[] message) {
    sendMessage(message);
    end(Status.OK);
  }

  /** Sends the response headers without a message. */
  public void sendHeaders() {
    if (!this.headersSent) {
      this.headersSent = true;
      writeHeaders(responseHeaders(), false);
    }
  }

  /**
   * Sends one message, with the response headers before it if they have not been sent.
   *
   * @param message the encoded message, {@code toByteArray()} of protobuf
   */
  public void sendMessage(byte[] message) {
    sendHeaders();
    writeData(message, message.length);
  }

  /**
   * Sends the beginning of a message whose end never comes.
   *
   * @param message the encoded message, of at least one byte; its first half is sent
   */
  public void sendHalfOfMessage(byte[] message) {
    sendHeaders();
    writeData(message, message.length / 2);
  }

  /**
   * Ends the call with a status.
   *
   * @param status code and description of the trailers
   */
  public void end(Status status) {
    Http2Headers trailers = this.headersSent ? new DefaultHttp2Headers() : responseHeaders();
    this.headersSent = true;
    trailers.setInt("grpc-status", status.getCode().value());
    String description = status.getDescription();
    if (description != null) {
      trailers.set("grpc-message", StatusText.encode(description));
    }
    writeHeaders(trailers, true);
  }

  /**
   * Resets the stream. A client may send the call again after {@link Http2Error#REFUSED_STREAM},
   * which says that it was not processed.
   *
   * @param error the error code of RST_STREAM
   */
  public void resetStream(Http2Error error) {
    this.context.writeAndFlush(new DefaultHttp2ResetFrame(error).stream(this.stream));
  }

  /**
   * Sends GOAWAY. Calls with a higher stream identifier than the last one count as not processed,
   * so a client may send them again on another connection; the others go on.
   *
   * @param lastStreamId 0 for no call, {@link #streamId()} for this call and earlier ones
   * @param error the error code, {@link Http2Error#NO_ERROR} for a server that drains
   * @param debugData text for the client, which usually shows it
   */
  public void goAway(int lastStreamId, Http2Error error, String debugData) {
    RawFrames.goAway(channel(), lastStreamId, error, debugData);
  }

  /** Closes the connection without GOAWAY, after what was sent. */
  public void closeConnection() {
    RawFrames.close(channel());
  }

  /** Ends the connection with a TCP reset, as when the server's process is killed. */
  public void resetConnection() {
    RawFrames.reset(channel());
  }

  /** Reads nothing of the connection from now on, so that the client cannot send for long. */
  public void stopReading() {
    ReadGate.close(channel());
  }

  /**
   * Sends bytes in place of HTTP/2 frames on the connection of this call.
   *
   * @param bytes what to send
   */
  public void sendBytes(byte[] bytes) {
    RawFrames.send(channel(), bytes);
  }

  /**
   * Does something later on the thread of the connection.
   *
   * @param delay zero or longer
   * @param action what to do
   */
  public void after(Duration delay, Runnable action) {
    channel()
        .eventLoop()
        .schedule(() -> this.script.run(this, action), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private Channel channel() {
    return this.context.channel();
  }

  private static Http2Headers responseHeaders() {
    return new DefaultHttp2Headers().status("200").set("content-type", "application/grpc");
  }

  private void writeHeaders(Http2Headers headers, boolean end) {
    this.context.writeAndFlush(new DefaultHttp2HeadersFrame(headers, end).stream(this.stream));
  }

  /** Writes the prefix of an uncompressed message and the first bytes of the message. */
  private void writeData(byte[] message, int bytes) {
    ByteBuf data = this.context.alloc().buffer();
    data.writeByte(0).writeInt(message.length).writeBytes(message, 0, bytes);
    this.context.writeAndFlush(new DefaultHttp2DataFrame(data, false).stream(this.stream));
  }
}
