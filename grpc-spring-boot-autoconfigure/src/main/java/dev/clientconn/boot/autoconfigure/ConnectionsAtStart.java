// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.autoconfigure.settings.ConnectMode;
import dev.clientconn.boot.autoconfigure.settings.ConnectSettings;
import io.grpc.ConnectivityState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Connects the channels whose {@code connect.mode} says so, all at the same time, and waits for
 * those that are required.
 */
final class ConnectionsAtStart {

  static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

  private final InheritedSettings settings;

  private final long began = System.nanoTime();

  ConnectionsAtStart(InheritedSettings settings) {
    this.settings = settings;
  }

  /**
   * Connects.
   *
   * @throws RequiredConnectionException if a required channel is not ready in time
   */
  void connect(Map<String, ClientConn> channels) {
    List<Required> required = new ArrayList<>();
    channels.forEach((target, channel) -> {
      ConnectSettings connect = this.settings.connect(target);
      ConnectMode mode = connect.getMode();
      if (mode == ConnectMode.EAGER || mode == ConnectMode.REQUIRED) {
        channel.getState(true);
      }
      if (mode == ConnectMode.REQUIRED) {
        Duration timeout = connect.getRequiredTimeout();
        required.add(new Required(target, channel, timeout == null ? DEFAULT_TIMEOUT : timeout));
      }
    });
    List<Required> missing = required.stream().filter(each -> !awaitReady(each)).toList();
    if (!missing.isEmpty()) {
      throw RequiredConnectionException.of(
          missing.stream().map(each -> each.describe(this.settings)).toList());
    }
  }

  private boolean awaitReady(Required required) {
    try {
      long end = this.began + TimeUnit.NANOSECONDS.convert(required.timeout);
      while (true) {
        // Again: a channel that has lost its connection is idle.
        ConnectivityState state = required.channel.getState(true);
        if (state == ConnectivityState.READY) {
          return true;
        }
        CountDownLatch changed = new CountDownLatch(1);
        required.channel.notifyWhenStateChanged(state, changed::countDown);
        if (state == ConnectivityState.SHUTDOWN
            || !changed.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          return false;
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private record Required(String target, ClientConn channel, Duration timeout) {

    String describe(InheritedSettings settings) {
      String failure = this.channel.snapshot().failure();
      return "The gRPC target '%s' has no connection to %s after %d ms. %s%s"
          .formatted(
              this.target,
              this.channel.snapshot().target(),
              this.timeout.toMillis(),
              failure == null
                  ? "No attempt to connect has failed yet."
                  : "The last attempt failed: " + failure,
              PropertyText.ofNullable(settings.connectModeProperty(this.target)));
    }
  }
}
