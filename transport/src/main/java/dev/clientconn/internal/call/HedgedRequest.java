// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.transport.ClientStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds the request of a hedged streaming call, and sends it on the streams of all attempts until
 * the call is committed to one of them (gRFC A6, "Hedging Policy"). A message is in memory once: it
 * has one reference of this buffer, and one of each stream that has yet to send it.
 *
 * <p>The lock covers only this object's lists. A stream is written to outside it, since tracers are
 * foreign code: by the thread that attaches it until it has everything that is buffered, and from
 * then on by the thread that writes the request. Each of them finds under the lock where the other
 * has stopped, so no message is sent twice on a stream, or out of order.
 */
@CrossesThreads
final class HedgedRequest implements CallRequest {
  private final RetryBufferLimit limit;
  private final List<FramedMessage> messages = new ArrayList<>();
  /** Bytes of {@link #messages}, which are counted in {@link #limit}. */
  private long counted;
  /** The streams that have all messages, and get the next one from {@link #write}. */
  private final List<ClientStream> upToDate = new ArrayList<>(2);

  private boolean halfClosed;
  private boolean overLimit;
  private boolean released;
  /** The stream that the call is committed to. It may still be attaching. */
  private @Nullable ClientStream winner;
  /** The winner, once it has all messages: nothing is buffered from then on. */
  private volatile @Nullable ClientStream direct;

  HedgedRequest(RetryBufferLimit limit) {
    this.limit = limit;
  }

  @Override
  public void write(FramedMessage message) {
    ClientStream only = direct;
    if (only != null) {
      only.write(message);
      return;
    }
    for (ClientStream stream : buffer(message)) {
      stream.write(message);
    }
  }

  /** Takes over the caller's reference. Returns the streams to write to, with a reference each. */
  private synchronized List<ClientStream> buffer(FramedMessage message) {
    ClientStream only = direct;
    if (only != null) {
      return List.of(only);
    }
    if (released) {
      message.release();
      return List.of();
    }
    if (!limit.add(counted, message.length())) {
      overLimit = true;
    }
    counted += message.length();
    messages.add(message);
    List<ClientStream> streams = List.copyOf(upToDate);
    streams.forEach(stream -> message.retain());
    return streams;
  }

  @Override
  public void halfClose() {
    for (ClientStream stream : endRequest()) {
      stream.halfClose();
    }
  }

  private synchronized List<ClientStream> endRequest() {
    halfClosed = true;
    ClientStream only = direct;
    return only == null ? List.copyOf(upToDate) : List.of(only);
  }

  /**
   * Counts nothing: {@link #write} has counted the bytes. A stream of which some messages were sent
   * before another one became the winner has been started when this returns {@code false}.
   */
  @Override
  public boolean attachStream(ClientStream stream, RetryBufferLimit counter) {
    int sent = 0;
    boolean ended = false;
    for (boolean started = false; ; started = true) {
      List<FramedMessage> next;
      boolean complete;
      synchronized (this) {
        if (released || (winner != null && winner != stream)) {
          return false;
        }
        if (started && sent == messages.size() && ended == halfClosed) {
          addUpToDate(stream);
          return true;
        }
        next = List.copyOf(messages.subList(sent, messages.size()));
        next.forEach(FramedMessage::retain);
        complete = halfClosed;
      }
      sent += next.size();
      send(stream, next, started, complete);
      ended = complete;
    }
  }

  private static void send(
      ClientStream stream, List<FramedMessage> messages, boolean started, boolean complete) {
    List<FramedMessage> rest = messages;
    if (!started) {
      boolean empty = messages.isEmpty();
      boolean endOfStream = complete && messages.size() <= 1;
      stream.start(empty ? null : messages.get(0), endOfStream);
      if (empty || endOfStream) {
        return;
      }
      rest = messages.subList(1, messages.size());
    }
    rest.forEach(stream::write);
    if (complete) {
      stream.halfClose();
    }
  }

  private void addUpToDate(ClientStream stream) {
    if (winner == stream) {
      goDirect(stream);
    } else {
      upToDate.add(stream);
    }
  }

  private void goDirect(ClientStream stream) {
    direct = stream;
    releaseMessages();
  }

  @Override
  public synchronized boolean isOverLimit() {
    return overLimit;
  }

  @Override
  public synchronized void commitTo(ClientStream stream) {
    if (winner != null) {
      return;
    }
    winner = stream;
    boolean hasAll = upToDate.contains(stream);
    upToDate.clear();
    if (hasAll) {
      goDirect(stream);
    }
  }

  @Override
  public synchronized void removeStream(ClientStream failed) {
    upToDate.remove(failed);
  }

  /** Asked when the winner has failed: what it has sent is no longer held. */
  @Override
  public synchronized boolean detachStream() {
    return winner == null && !released;
  }

  /** Nothing to do: {@link #commitTo} has come before. */
  @Override
  public void commit() {}

  @Override
  public synchronized void release() {
    released = true;
    upToDate.clear();
    releaseMessages();
  }

  private void releaseMessages() {
    messages.forEach(FramedMessage::release);
    messages.clear();
    limit.release(counted);
    counted = 0;
  }
}
