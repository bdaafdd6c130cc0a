// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A call that ends with a known status as soon as it is started. The listener runs in the executor
 * and context of the call, or on the starting thread if that executor refuses work.
 */
@CrossesThreads
public final class FailedCall<ReqT, RespT> extends ClientCall<ReqT, RespT> {
  private static final Logger log = Logger.getLogger(FailedCall.class.getName());

  private final Status status;
  private final Executor executor;
  private final Context context;
  private final AtomicBoolean closed = new AtomicBoolean();

  public FailedCall(Status status, Executor executor, Context context) {
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
      log.log(Level.FINE, "A call's executor refused its end", t);
      end.run();
    }
  }

  private void close(Listener<RespT> listener) {
    // An executor may throw and run the task all the same.
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      listener.onClose(status, new Metadata());
    } catch (Throwable t) {
      log.log(Level.WARNING, "A call's listener threw from onClose", t);
    }
  }

  /**
   * The inherited answer is {@code true}, and a loop that writes while the call is ready would not
   * end.
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
