// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One call of the test, as an application makes it, and what its listener gets. */
final class EchoCall extends ClientCall.Listener<String> {
  private static final long PATIENCE_SECONDS = 20;

  final List<Status> ends = new CopyOnWriteArrayList<>();
  /** What the caller got in place of a started call, or from a method of one. */
  @Nullable
  Throwable thrown;

  private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
  private final BlockingQueue<Status> end = new LinkedBlockingQueue<>();
  private final @Nullable Listening listening;
  private @Nullable ClientCall<String, String> call;

  /** Foreign code in the place of an application's listener. */
  interface Listening {
    void on(String callback);
  }

  private EchoCall(@Nullable Listening listening) {
    this.listening = listening;
  }

  /** Sends one message and half-closes. */
  static EchoCall unary(
      Channel channel,
      MethodDescriptor<String, String> method,
      CallOptions options,
      @Nullable Listening listening) {
    EchoCall made = start(channel, method, options, listening);
    made.attempt(call -> call.sendMessage("hello"));
    made.attempt(ClientCall::halfClose);
    return made;
  }

  /** Stays open until it is half-closed. */
  static EchoCall start(
      Channel channel,
      MethodDescriptor<String, String> method,
      CallOptions options,
      @Nullable Listening listening) {
    EchoCall made = new EchoCall(listening);
    try {
      ClientCall<String, String> call = channel.newCall(method, options);
      made.call = call;
      call.start(made, new Metadata());
      call.request(10);
    } catch (Throwable t) {
      made.thrown = t;
    }
    return made;
  }

  private void attempt(Consumer<ClientCall<String, String>> step) {
    if (thrown == null) {
      try {
        step.accept(Objects.requireNonNull(call));
      } catch (Throwable t) {
        thrown = t;
        // As stubs do.
        cancel();
      }
    }
  }

  void cancel() {
    Objects.requireNonNull(call).cancel("the test's", null);
  }

  String echo(String message) throws InterruptedException {
    Objects.requireNonNull(call).sendMessage(message);
    String echoed = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(echoed).as("an echo; ends so far: %s", ends).isNotNull();
    return Objects.requireNonNull(echoed);
  }

  void halfClose() {
    Objects.requireNonNull(call).halfClose();
  }

  Status awaitEnd() throws InterruptedException {
    Status status = end.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(status).as("the end of the call; its caller got %s", thrown).isNotNull();
    return Objects.requireNonNull(status);
  }

  private void on(String callback) {
    if (listening != null) {
      listening.on(callback);
    }
  }

  @Override
  public void onReady() {
    on("onReady");
  }

  @Override
  public void onHeaders(Metadata headers) {
    on("onHeaders");
  }

  @Override
  public void onMessage(String message) {
    messages.add(message);
    on("onMessage");
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    ends.add(status);
    end.add(status);
    on("onClose");
  }
}
