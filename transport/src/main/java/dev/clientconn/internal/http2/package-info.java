// SPDX-License-Identifier: Apache-2.0
/**
 * Runs HTTP/2 connections (RFC 9113) that carry gRPC calls. This page explains the design; each
 * class explains only itself.
 *
 * <h2>One loop, no locks</h2>
 *
 * <p>A connection and all its streams belong to one Netty event loop. It does the work that grpc-go
 * divides between its reader goroutine, its controller and its loopy writer, so state needs no lock
 * and no visibility rule: classes marked {@code @EventLoopConfined} are plain data structures.
 *
 * <p>Other threads enter through {@link ControlBuffer} alone. They put {@link Commands}, objects
 * that hold data and are carried out by {@link Http2Client#apply} on the loop, in the order they
 * were put. A unary call is one command: its {@link Http2ClientStream} is the command that opens
 * the stream and carries headers, message and half-close. What other threads read without a command
 * is in classes marked {@code @CrossesThreads}: figures in {@link TransportCounters}, readiness and
 * demand in {@link Http2ClientStream}, attributes in {@link TransportAttributes}.
 *
 * <h2>The turn</h2>
 *
 * <p>Whatever wakes the loop (bytes, a command, a timer, a socket that has become writable), its
 * work ends in {@link Turn#end}:
 *
 * <ol>
 *   <li><b>deliver</b>: each call with events is notified once, however many frames the read held
 *       ({@link PendingDeliveries}). With a direct executor the call's listener runs here;
 *   <li><b>drain</b>: the queued commands are applied. Both repeat until neither has anything left,
 *       up to a bound, so that a response to a response is part of the same write;
 *   <li><b>write</b>: {@link LoopyWriter} frames DATA round robin, one frame of at most 16 KiB per
 *       stream, behind HEADERS, acks and WINDOW_UPDATEs, which were framed when they arose;
 *   <li><b>flush</b>: {@link SocketWriter} hands the buffer to the socket, with one write and one
 *       flush. A system call costs more than framing a small call, so all frames of a turn
 *       share it. An unwritable socket gets nothing: frames stay in the buffer, and no stream
 *       is opened beyond a bound, until the socket is writable again.
 * </ol>
 *
 * <p>Commands that the loop itself puts while a turn ends do not wake it, because the turn drains
 * them. What is thrown in a turn fails the connection: half-applied frames leave state that cannot
 * be trusted.
 *
 * <h2>Windows</h2>
 *
 * <p><b>Sending</b> (RFC 9113 section 5.2): DATA needs the stream's window and the connection's. A
 * stream without a window leaves the round robin until WINDOW_UPDATE or SETTINGS schedule it again;
 * without a connection window the whole queue waits. A changed SETTINGS_INITIAL_WINDOW_SIZE moves
 * all windows at once, below zero if need be (section 6.9.2), because a stream stores what it has
 * outstanding. Independently, a call is ready to write while fewer bytes than its threshold are
 * unframed; {@code WriteQuota} counts them across the threads.
 *
 * <p><b>Receiving</b>: {@link ReceiveWindows} returns the connection's window at the end of each
 * read, whatever the application does, so that one slow call does not stop the others. A stream's
 * window is returned as the application consumes messages: this is back-pressure. The one exception
 * is a message larger than the window: the window grows to its size once the call has demand for it
 * ({@link ResponseReader}). Both windows grow to the bandwidth-delay product, measured by a ping
 * behind the WINDOW_UPDATE, up to 16 MiB, and never shrink.
 *
 * <h2>Memory</h2>
 *
 * <p>A message to send belongs to its stream from {@code start} or {@code write} on;
 * {@link SendQueue} releases it when its last byte has been framed or its stream ends. Framed bytes
 * belong to the {@code Framer} until the flush, then to Netty. Bytes read belong to Netty and are
 * valid while a frame is applied: messages are copied out, small ones of a turn packed together,
 * and delivered as heap memory, whose release only lets chunks be used again. What a peer can make
 * this side hold is bounded: unread messages by the windows, header lists by a limit, waiting
 * streams by a limit, and cheap frames that provoke work or replies by {@link FloodGuard} (section
 * 10.5).
 *
 * <h2>States of a connection</h2>
 *
 * <p>{@link TransportLifecycle}: CONNECTING from the dial to the peer's first SETTINGS, one timeout
 * for all of it; READY; DRAINING, when no new streams are accepted, after GOAWAY (section 6.8), a
 * graceful shutdown, used-up ids or a failed write; CLOSED. States only move forward. On GOAWAY the
 * owner is notified first, then streams above the last id end as never processed and may be retried
 * on another connection. A draining connection closes with its last stream. {@link Keepalive}
 * closes one that is silent (gRFC A8).
 *
 * <h2>States of a stream</h2>
 *
 * <p>{@link StreamLifecycle} admits a stream if the peer's SETTINGS_MAX_CONCURRENT_STREAMS allows
 * it ({@link StreamQuota}, section 5.1.2), else it waits in order, cancellable and under its
 * deadline. The id is assigned with HEADERS, so ids are never skipped (section 5.1.1).
 * {@link StreamState} holds the rest: closed is the end of the call, and the two half-closes are
 * flags. Each stream ends exactly once, in {@link StreamCloser}, for one of these reasons: trailers
 * or RST_STREAM, a violated rule (reset; section 5.4.2), cancel, deadline ({@link DeadlineWheel}),
 * GOAWAY, the connection's end. The call gets the {@code StreamProgress}, which decides about
 * a retry: not sent, refused, or perhaps processed (section 8.7, gRFC A6).
 *
 * <h2>The classes, top down</h2>
 *
 * <p>{@link Http2ClientTransport} is the entry point for other threads, {@link Http2Handler} the
 * one for Netty. {@link InboundFrames} applies frames, {@link Http2Client} commands and everything
 * that concerns the whole connection; both use {@link StreamLifecycle} and its parts, which use
 * {@link StreamState}. A class calls one above it only through functions passed at construction, to
 * fail the connection and when a timer fires. The exception is {@link Turn}, which has
 * {@link Http2Client} apply each command.
 */
@NullMarked
package dev.clientconn.internal.http2;

import org.jspecify.annotations.NullMarked;
