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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lists the streams of a channel and its calls without a stream. One survey runs at a time:
 * requests meanwhile share the next one, so that any number of them costs the event loops two.
 */
@CrossesThreads
public final class StreamSurvey {

  /** What a survey asks. All methods may be called on any thread. */
  public interface Source {
    List<ClientTransport> connections();

    /** Calls that no connection has. */
    List<WaitingCall> waitingCalls();
  }

  private final Supplier<Source> sources;
  private final Executor executor;
  private @Nullable CompletableFuture<List<StreamSnapshot>> running;
  private @Nullable CompletableFuture<List<StreamSnapshot>> next;

  /**
   * @param sources what each survey asks
   * @param executor completes the results: neither event loops nor the channel's executor, which
   *     may wait for one
   */
  public StreamSurvey(Supplier<Source> sources, Executor executor) {
    this.sources = sources;
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
      Source source = sources.get();
      Set<Object> waitedBefore = Collections.newSetFromMap(new IdentityHashMap<>());
      source.waitingCalls().forEach(call -> waitedBefore.add(call.call()));
      List<CompletableFuture<List<StreamSnapshot>>> parts =
          source.connections().stream().map(ClientTransport::streams).toList();
      CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
          .whenComplete((done, failure) ->
              complete(survey, failure, () -> join(parts, source, waitedBefore)));
    } catch (Throwable t) {
      complete(survey, t, List::of);
    }
  }

  private void complete(
      CompletableFuture<List<StreamSnapshot>> survey,
      @Nullable Throwable failure,
      Supplier<List<StreamSnapshot>> result) {
    Runnable completion = () -> {
      beginNext();
      if (failure == null) {
        survey.complete(result.get());
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
  private static List<StreamSnapshot> join(
      List<CompletableFuture<List<StreamSnapshot>>> parts,
      Source source,
      Set<Object> waitedBefore) {
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
