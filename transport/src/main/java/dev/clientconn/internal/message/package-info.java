// SPDX-License-Identifier: Apache-2.0
/**
 * Holds messages in memory on their way between the caller's threads and the event loop.
 *
 * <h2>Who owns the memory of a message</h2>
 *
 * <p>Netty's read buffers and write buffers never leave the event loop. Messages cross threads in
 * memory of their own, so no path of a call can leak a buffer of the connection.
 *
 * <p><b>Received messages.</b> The loop copies each message out of the read buffer: up to 16 KiB
 * into one array (small messages of one turn side by side, {@link SmallMessagePacker}), longer ones
 * into heap chunks of {@link InboundChunkPool}. An {@link InboundMessage} has exactly one owner:
 * the loop until delivery, then the executor of the call. The call releases it when
 * {@code onMessage} returns; a large one has returned most of its chunks by then, each as soon as
 * it was read. A message that is never released, because its call was cancelled or its executor
 * rejected the task, is simply garbage: the pool allocates a new chunk instead, so no release on
 * those paths is needed for correctness.
 *
 * <p><b>Messages to be sent.</b> The caller's thread serialises up to 16 KiB into one array, which
 * the loop copies into its write buffer. Longer messages are in direct chunks of
 * {@link OutboundChunkPool}, which the socket reads without a copy. Such a {@link FramedMessage}
 * counts references: one of the stream that sends it, which releases the message when it is framed
 * or the stream ends, and one of the call until the server has responded, because until then a
 * transparent retry may send the message again; a call over its limit of retained bytes has none.
 * Each part that was framed holds a reference to its chunk until Netty has written it. The last
 * release, on any thread, returns the chunks.
 *
 * <p><b>Lost chunks.</b> A direct chunk that becomes unreachable without a release is a bug, but
 * not a leak: {@link OutboundChunkPool} has a phantom reference to each and frees its memory later.
 * At the limit on direct memory, heap buffers take the place of direct chunks.
 *
 * <p><b>Reuse.</b> Chunks are reused without being cleared. Marshallers, compressors and listeners
 * are foreign code that may retain what it gets, so they never get a chunk, only copies of its
 * bytes; a stream that is read after its release fails with an {@code IOException}.
 */
@NullMarked
package dev.clientconn.internal.message;

import org.jspecify.annotations.NullMarked;
