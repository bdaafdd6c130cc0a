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
 * Assembles header blocks from HEADERS and CONTINUATION, and decodes them with Netty's HPACK
 * decoder unless they repeat. A list over the limit is decoded to its end and discarded, so that
 * the dynamic table stays equal to the peer's (RFC 9113 section 10.5.1). A block over a larger
 * bound is not decoded and ends the connection.
 */
@EventLoopConfined
final class HeaderBlockReader {

  /** Lower bound of the largest block that is decoded, bytes. */
  static final int MIN_BLOCK_BOUND = 64 * 1024;

  /** The largest block that is decoded, in multiples of the limit on lists. */
  static final int LIMITS_PER_BLOCK = 4;

  /**
   * How many CONTINUATIONs a block may have beyond those that full frames would need. Empty ones
   * cost the peer nothing, so that many of them are taken for an attack.
   */
  static final int MAX_CONTINUATIONS = 32;

  private final FrameListener listener;
  private final int maxHeaderListSize;
  private final int maxBlockLength;
  private final int maxContinuations;
  private final HeaderBlockCache opening = new HeaderBlockCache();
  private final HeaderBlockCache closing = new HeaderBlockCache();
  /** The cache that the decoder fills now. */
  private HeaderBlockCache current = opening;

  private final Decoder hpack;

  /** The fragments of an incomplete block, {@code null} between blocks. Released here. */
  private @Nullable ByteBuf fragments;

  private int streamId;
  private boolean endOfStream;
  private int continuations;

  /**
   * @param maxHeaderListSize largest list accepted, bytes counted as in RFC 9113 section 6.5.2
   */
  HeaderBlockReader(FrameListener listener, int maxHeaderListSize) {
    this.listener = listener;
    this.maxHeaderListSize = maxHeaderListSize;
    long bound = Math.max(MIN_BLOCK_BOUND, (long) LIMITS_PER_BLOCK * maxHeaderListSize);
    this.maxBlockLength = (int) Math.min(bound, Integer.MAX_VALUE);
    this.maxContinuations = MAX_CONTINUATIONS + maxBlockLength / Framer.MAX_PAYLOAD;
    this.hpack = new Decoder(maxHeaderListSize);
  }

  /** Whether a block is incomplete: then only CONTINUATION may follow. */
  boolean isOpen() {
    return fragments != null;
  }

  boolean continues(int id) {
    return isOpen() && id == streamId;
  }

  /** Takes HEADERS: the readable bytes of {@code in} are the block, or its first fragment. */
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

  /** Takes a CONTINUATION of the incomplete block. */
  void addFragment(ByteBuf in, boolean endsBlock) {
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
      failOverBound();
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

  /**
   * Fails the stream before the connection: its call must not be retried, since the response would
   * be as long again, while the calls of the other streams may be.
   */
  private void failOverBound() {
    Status status = ResponseHeaders.overLimit(new HeaderBlock(), maxHeaderListSize);
    listener.onHeadersOverLimit(streamId, status, endOfStream);
    listener.onConnectionError(
        Http2Error.ENHANCE_YOUR_CALM.code(),
        "a header block of over " + maxBlockLength + " bytes on stream " + streamId + ": "
            + status.getDescription());
  }

  private void decode(ByteBuf whole) {
    current = endOfStream ? closing : opening;
    if (current.matches(whole) || decodeNew(whole)) {
      listener.onHeaders(streamId, current.fields(), endOfStream);
    }
  }

  private boolean decodeNew(ByteBuf whole) {
    int start = whole.readerIndex();
    int length = whole.readableBytes();
    boolean leavesTable = HpackScan.leavesTableUnchanged(whole, start, length);
    if (!leavesTable) {
      opening.clear();
      closing.clear();
    }
    current.clear();
    if (!decodeFields(whole)) {
      return false;
    }
    // Not with binary values: each call must get its own array, which it may write to.
    if (leavesTable && !current.fields().hasBinary()) {
      current.store(whole, start, length);
    }
    return true;
  }

  /** Returns false if it has reported an error to the listener. */
  private boolean decodeFields(ByteBuf whole) {
    try {
      hpack.decodeHeaders(streamId, whole);
      return true;
    } catch (Http2Exception.HeaderListSizeException e) {
      Status status = ResponseHeaders.overLimit(current.fields(), maxHeaderListSize);
      listener.onHeadersOverLimit(streamId, status, endOfStream);
    } catch (Http2Exception.StreamException e) {
      // A malformed list. The block was decoded to its end, so the dynamic table is correct.
      listener.onStreamError(streamId, e.error().code(), message(e), endOfStream);
    } catch (Http2Exception e) {
      listener.onConnectionError(e.error().code(), message(e));
    } catch (RuntimeException e) {
      // The dynamic table is in an unknown state: no later block can be decoded (RFC 9113
      // section 4.3).
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

  /** Decodes into the block of the current cache instead of new objects. */
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
