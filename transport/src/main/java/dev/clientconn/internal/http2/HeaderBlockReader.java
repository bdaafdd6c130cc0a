// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.threading.EventLoopConfined;
import dev.clientconn.internal.wire.HpackScan;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * Header blocks, which HEADERS begins and CONTINUATION may go on with: puts them together within bounds, and decodes
 * them with Netty's HPACK, unless they repeat.
 */
@EventLoopConfined
final class HeaderBlockReader {

  /** A block that needs more frames than this is an attack: each may be as small as nothing. */
  static final int MAX_CONTINUATIONS = 32;

  private final FrameListener listener;
  private final int maxBlockLength;
  private final RepeatedBlock opening = new RepeatedBlock();
  private final RepeatedBlock closing = new RepeatedBlock();
  /** The one that the decoder fills. */
  private RepeatedBlock current = opening;

  private final Decoder hpack;

  /** The block that more fragments are to come of, {@code null} between blocks. */
  private @Nullable ByteBuf fragments;

  private int streamId;
  private boolean endOfStream;
  private int continuations;

  /**
   * @param maxHeaderListSize largest list accepted; a block, which is compressed, may be no longer either
   */
  HeaderBlockReader(FrameListener listener, int maxHeaderListSize) {
    this.listener = listener;
    this.maxBlockLength = Math.max(Framer.MAX_PAYLOAD, maxHeaderListSize);
    this.hpack = new Decoder(maxHeaderListSize);
  }

  /** Whether nothing but CONTINUATION may come. */
  boolean isOpen() {
    return fragments != null;
  }

  boolean continues(int id) {
    return isOpen() && id == streamId;
  }

  /** HEADERS: the readable bytes of {@code in} are the block, or its first fragment. */
  void begin(
      ByteBufAllocator allocator, int id, ByteBuf in, boolean endsStream, boolean endsBlock) {
    streamId = id;
    endOfStream = endsStream;
    continuations = 0;
    if (endsBlock) {
      decode(in);
    } else {
      fragments = allocator.buffer(in.readableBytes()).writeBytes(in);
    }
  }

  /** CONTINUATION of the open block. */
  void more(ByteBuf in, boolean endsBlock) {
    ByteBuf whole = fragments;
    if (whole == null) {
      return;
    }
    if (++continuations > MAX_CONTINUATIONS
        || whole.readableBytes() + in.readableBytes() > maxBlockLength) {
      listener.onConnectionError(
          Http2Error.ENHANCE_YOUR_CALM.code(),
          "a header block of over " + maxBlockLength + " bytes or " + MAX_CONTINUATIONS
              + " CONTINUATION frames");
      return;
    }
    whole.writeBytes(in);
    if (endsBlock) {
      fragments = null;
      try {
        decode(whole);
      } finally {
        whole.release();
      }
    }
  }

  private void decode(ByteBuf whole) {
    current = endOfStream ? closing : opening;
    if (current.holds(whole) || decodeAnew(whole)) {
      listener.onHeaders(streamId, current.fields(), endOfStream);
    }
  }

  private boolean decodeAnew(ByteBuf whole) {
    int start = whole.readerIndex();
    int length = whole.readableBytes();
    boolean leavesTable = HpackScan.leavesTable(whole, start, length);
    if (!leavesTable) {
      opening.forget();
      closing.forget();
    }
    current.forget();
    if (!decodeTelling(whole)) {
      return false;
    }
    // A binary value becomes an array that the application may write to.
    if (leavesTable && !current.fields().hasBinary()) {
      current.remember(whole, start, length);
    }
    return true;
  }

  /** Returns false after it has told the listener what is wrong. */
  private boolean decodeTelling(ByteBuf whole) {
    try {
      hpack.decodeHeaders(streamId, whole);
      return true;
    } catch (Http2Exception.StreamException e) {
      // A list that breaks a rule, or a limit; HPACK's state is good, for it was decoded to the
      // end.
      listener.onStreamError(streamId, e.error().code(), message(e));
    } catch (Http2Exception e) {
      listener.onConnectionError(e.error().code(), message(e));
    } catch (RuntimeException e) {
      // Where it stopped is not known, so no later block can be decoded (RFC 9113 section 4.3).
      listener.onConnectionError(
          Http2Error.COMPRESSION_ERROR.code(), "cannot decode a header block: " + e);
    }
    return false;
  }

  private static String message(Http2Exception e) {
    return e.getMessage() == null ? e.error().name() : e.getMessage();
  }

  void close() {
    if (fragments != null) {
      fragments.release();
      fragments = null;
    }
  }

  /** Decodes into objects that are used again. */
  private final class Decoder extends DefaultHttp2HeadersDecoder {

    Decoder(int maxHeaderListSize) {
      super(true, false, maxHeaderListSize);
    }

    @Override
    protected Http2Headers newHeaders() {
      return current.fields().clear();
    }
  }
}
