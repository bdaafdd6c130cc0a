// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.call.WaitingCall;
import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.transport.StreamSnapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Lists the streams of a channel and its calls without a stream. One survey runs at a time:
 * requests meanwhile share the next one, so that any number of them costs the event loops two.
 */
@CrossesThreads
public final class StreamSurvey {

  /** What a survey asks. All methods may be called on any thread. */
  interface Source {
    List<ClientTransport> connections();

    /** Calls that no connection has. */
    List<WaitingCall> waitingCalls();
  }

  private final Source source;
  private final Executor executor;
  private @Nullable CompletableFuture<List<StreamSnapshot>> running;
  private @Nullable CompletableFuture<List<StreamSnapshot>> next;

  /**
   * @param executor completes the results: neither event loops nor the channel's executor, which
   *     may wait for one
   */
  StreamSurvey(Source source, Executor executor) {
    this.source = source;
    this.executor = executor;
  }

  /** Returns a future of its own for each caller: completing or cancelling it affects no other. */
  public CompletableFuture<List<StreamSnapshot>> request() {
    CompletableFuture<List<StreamSnapshot>> mine;
    boolean begins;
    synchronized (this) {
      begins = running == null;
      if (begins) {
        running = new CompletableFuture<>();
        mine = running;
      } else {
        next = next == null ? new CompletableFuture<>() : next;
        mine = next;
      }
    }
    CompletableFuture<List<StreamSnapshot>> copy = mine.copy();
    if (begins) {
      begin(mine);
    }
    return copy;
  }

  private void begin(CompletableFuture<List<StreamSnapshot>> survey) {
    try {
      Set<Object> waitedBefore = Collections.newSetFromMap(new IdentityHashMap<>());
      source.waitingCalls().forEach(call -> waitedBefore.add(call.call()));
      List<CompletableFuture<List<StreamSnapshot>>> parts =
          source.connections().stream().map(ClientTransport::streams).toList();
      CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
          .whenComplete((done, failure) -> complete(survey, failure, parts, waitedBefore));
    } catch (Throwable t) {
      complete(survey, t, List.of(), Set.of());
    }
  }

  private void complete(
      CompletableFuture<List<StreamSnapshot>> survey,
      @Nullable Throwable failure,
      List<CompletableFuture<List<StreamSnapshot>>> parts,
      Set<Object> waitedBefore) {
    Runnable completion = () -> {
      beginNext();
      if (failure == null) {
        survey.complete(join(parts, waitedBefore));
      } else {
        survey.completeExceptionally(failure);
      }
    };
    try {
      executor.execute(completion);
    } catch (Throwable rejected) {
      // The executor has ended with its owner: the result is due all the same.
      completion.run();
    }
  }

  /**
   * Calls that waited before and wait now were not among the streams in between; others may have
   * been.
   */
  private List<StreamSnapshot> join(
      List<CompletableFuture<List<StreamSnapshot>>> parts, Set<Object> waitedBefore) {
    List<StreamSnapshot> all = new ArrayList<>();
    parts.forEach(part -> all.addAll(part.join()));
    for (WaitingCall call : source.waitingCalls()) {
      if (waitedBefore.contains(call.call())) {
        all.add(call.toSnapshot());
      }
    }
    return List.copyOf(all);
  }

  private void beginNext() {
    CompletableFuture<List<StreamSnapshot>> following;
    synchronized (this) {
      following = next;
      next = null;
      running = following;
    }
    if (following != null) {
      begin(following);
    }
  }
}
