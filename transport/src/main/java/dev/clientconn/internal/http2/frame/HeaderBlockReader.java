// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.frame;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.http2.hpack.HpackScan;
import dev.clientconn.internal.wire.HeaderBlock;
import dev.clientconn.internal.wire.ResponseHeaders;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * Assembles header blocks from HEADERS and CONTINUATION within bounds, and decodes them with
 * Netty's HPACK unless they repeat. A block whose list is over the limit is decoded to its end and
 * discarded, so that HPACK stays in step with the peer (RFC 9113 section 10.5.1); one that is over
 * a larger bound ends the connection undecoded.
 */
@EventLoopConfined
final class HeaderBlockReader {

  /** What a block that is to be discarded may have at least, bytes. */
  static final int MIN_BLOCK_BOUND = 64 * 1024;

  /** How many times the limit a block that is to be discarded may have. */
  static final int LIMITS_PER_BLOCK = 4;

  /**
   * Frames of a block may be empty; with more of them than a block of full frames has, and this, it
   * is an attack.
   */
  static final int MAX_CONTINUATIONS = 32;

  private final FrameListener listener;
  private final int maxHeaderListSize;
  private final int maxBlockLength;
  private final int maxContinuations;
  private final HeaderBlockCache opening = new HeaderBlockCache();
  private final HeaderBlockCache closing = new HeaderBlockCache();
  /** The one that the decoder fills. */
  private HeaderBlockCache current = opening;

  private final Decoder hpack;

  /** The block that more fragments are to come of, {@code null} between blocks. */
  private @Nullable ByteBuf fragments;

  private int streamId;
  private boolean endOfStream;
  private int continuations;

  /**
   * @param maxHeaderListSize largest list accepted, bytes as RFC 9113 section 6.5.2 counts them
   */
  HeaderBlockReader(FrameListener listener, int maxHeaderListSize) {
    this.listener = listener;
    this.maxHeaderListSize = maxHeaderListSize;
    long bound = Math.max(MIN_BLOCK_BOUND, (long) LIMITS_PER_BLOCK * maxHeaderListSize);
    this.maxBlockLength = (int) Math.min(bound, Integer.MAX_VALUE);
    this.maxContinuations = MAX_CONTINUATIONS + maxBlockLength / Framer.MAX_PAYLOAD;
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
    if (++continuations > maxContinuations) {
      listener.onConnectionError(
          Http2Error.ENHANCE_YOUR_CALM.code(),
          "a header block of over " + maxContinuations + " CONTINUATION frames");
      return;
    }
    if (in.readableBytes() > maxBlockLength - whole.readableBytes()) {
      overBound();
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

  /** The stream first: its call must not be tried again, while those of the other streams may. */
  private void overBound() {
    Status status = ResponseHeaders.overLimit(new HeaderBlock(), maxHeaderListSize);
    listener.onHeadersOverLimit(streamId, status, endOfStream);
    listener.onConnectionError(
        Http2Error.ENHANCE_YOUR_CALM.code(),
        "a header block of over " + maxBlockLength + " bytes on stream " + streamId + ": "
            + status.getDescription());
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
    boolean leavesTable = HpackScan.leavesTableUnchanged(whole, start, length);
    if (!leavesTable) {
      opening.forget();
      closing.forget();
    }
    current.forget();
    if (!decodeFields(whole)) {
      return false;
    }
    // A binary value becomes an array that the application may write to.
    if (leavesTable && !current.fields().hasBinary()) {
      current.remember(whole, start, length);
    }
    return true;
  }

  /** Returns false after it has notified the listener of what is wrong. */
  private boolean decodeFields(ByteBuf whole) {
    try {
      hpack.decodeHeaders(streamId, whole);
      return true;
    } catch (Http2Exception.HeaderListSizeException e) {
      Status status = ResponseHeaders.overLimit(current.fields(), maxHeaderListSize);
      listener.onHeadersOverLimit(streamId, status, endOfStream);
    } catch (Http2Exception.StreamException e) {
      // A list that breaks a rule. HPACK's state is good, for the block was decoded to its end.
      listener.onStreamError(streamId, e.error().code(), message(e), endOfStream);
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
