// SPDX-License-Identifier: Apache-2.0
/**
 * Runs one call: from the stub's {@code ClientCall} to a stream, and from the stream's events back
 * to the listener.
 *
 * <p><b>Parts.</b> A channel creates a {@link dev.clientconn.internal.call.ClientCallImpl}, or a
 * {@code PendingCall} while its service config is unknown, and all its calls share a {@code
 * CallEnvironment}. At its start a call gets
 *
 * <ul>
 *   <li>a {@code CallPlan}: what its options, the service config and the channel's settings add up
 *   to;
 *   <li>a {@code CallRequest}: the messages that may have to be sent again;
 *   <li>a {@code CallListenerExecutor}: the response on its way to the listener, with the demand;
 *   <li>a {@code CallState}: which thread may open, cancel or end it;
 *   <li>one {@code CallAttempt} after another: pick, call credentials, stream, with a {@code
 *   RetryBackoff} before each that a retry policy asks for;
 *   <li>or, for a call with a hedging policy, {@code HedgedAttempts} with several at a time, each a
 *   {@code Hedge}, until one of them has become the call's attempt;
 *   <li>an {@code ActiveCall}, which owns these parts and connects them.
 * </ul>
 *
 * <p>The parts depend on the parameters and the SPI of {@link dev.clientconn.internal.transport},
 * but not on one another, except for {@code ActiveCall}, {@code AttemptListener} and
 * {@code CallListenerExecutor}, and for {@code HedgedAttempts} and {@code Hedge}.
 *
 * <p><b>Threads.</b> The application's thread marshals, compresses and writes, and for most calls
 * picks a transport and starts the stream, too. A pick that has to wait is completed by the control
 * plane, slow credentials by a thread of their own; the thread that completes a step runs the next.
 * The connection's event loop runs {@code AttemptListener}, which only collects: the events of a
 * read become one task of the call's executor, where messages are decompressed, parsed and
 * delivered. Timers run deadlines, but only of calls without a stream; the event loop watches the
 * others. Nothing in this package waits for another thread, except for the short locks of a
 * {@code StreamingRequest} and of a hedged call until the server responds. Foreign code
 * (marshallers, codecs, listeners, credentials, tracers, pickers, executors) may throw anything
 * from any of its methods.
 *
 * <p><b>The end of an attempt.</b> Without a stream, it fails (no transport, no credentials, the
 * deadline) or is cancelled. With a stream, only the stream's last event ends it, also after a
 * cancel, which the stream confirms: there is one event that releases and counts. A failed attempt
 * is followed by another if the request is still complete and {@code CallRetries} allows one more:
 * at once where the server cannot have processed the call, or after a backoff by the retry policy
 * of the service config. Otherwise the call ends: the request is released, the end is queued for
 * the listener, and the channel counts one call less.
 *
 * <p><b>Hedging.</b> Until a hedged call is committed, its {@code CallState} holds the {@code
 * HedgedAttempts}, as if they were one attempt that is opening. The first response headers, or a
 * status that ends the call, exchange them for the stream of that attempt: one compare-and-set,
 * which a cancel or another attempt may have won. Only the winner's events go to an {@code
 * AttemptListener}; the others have a {@code CallState} each, which their cancel ends.
 */
@NullMarked
package dev.clientconn.internal.call;

import org.jspecify.annotations.NullMarked;
