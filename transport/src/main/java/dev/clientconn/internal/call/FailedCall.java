// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Ends with a given status as soon as it is started, and ignores all other methods. The listener
 * runs in the executor and context of the call, or on the starting thread if that executor rejects
 * the task.
 */
@CrossesThreads
public final class FailedCall<ReqT, RespT> extends ClientCall<ReqT, RespT> {
  private static final Logger log = Logger.getLogger(FailedCall.class.getName());

  private final Status status;
  private final Executor executor;
  private final Context context;
  private final Consumer<Status> beforeClose;
  private final AtomicBoolean closed = new AtomicBoolean();

  public FailedCall(Status status, Executor executor, Context context) {
    this(status, executor, context, end -> {});
  }

  /**
   * @param beforeClose called once, before the listener; must not throw
   */
  public FailedCall(
      Status status, Executor executor, Context context, Consumer<Status> beforeClose) {
    this.beforeClose = beforeClose;
    this.status = status;
    this.executor = executor;
    this.context = context;
  }

  @Override
  public void start(Listener<RespT> listener, Metadata headers) {
    Runnable end = context.wrap(() -> close(listener));
    try {
      executor.execute(end);
    } catch (Throwable t) {
      log.log(Level.FINE, "A call's executor rejected its end", t);
      end.run();
    }
  }

  private void close(Listener<RespT> listener) {
    // An executor may throw and run the task all the same.
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    beforeClose.accept(status);
    try {
      listener.onClose(status, new Metadata());
    } catch (Throwable t) {
      log.log(Level.WARNING, "A call's listener threw from onClose", t);
    }
  }

  /**
   * Inherited, it returns {@code true}: a loop that writes while the call is ready would not end.
   */
  @Override
  public boolean isReady() {
    return false;
  }

  @Override
  public void request(int numMessages) {}

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {}

  @Override
  public void halfClose() {}

  @Override
  public void sendMessage(ReqT message) {}
}
