// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.SyncContextConfined;
import io.grpc.ConnectivityState;
import io.grpc.InsecureChannelCredentials;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges the generation of a channel that is in force. The new one connects first, as in the
 * exchange of certificates: a configuration that cannot connect does not end a channel that works.
 */
@SyncContextConfined
final class Generations {
  private static final Logger LOGGER = ChannelLog.LOGGER;

  private final Runnable onTakeOver;
  private final Runnable onRetired;

  private ChannelGeneration current;

  /** Takes over as soon as it can serve calls, or the one in force cannot. */
  private @Nullable ChannelGeneration next;

  private boolean warnedOfNext;

  private final FailedConfiguration failed = new FailedConfiguration();

  /** Closed, but some of their subchannels have connections yet. */
  private final List<ChannelGeneration> retired = new ArrayList<>(0);

  /**
   * @param onTakeOver called when another generation has come into force, before the old one closes
   * @param onRetired called after a generation was closed
   */
  Generations(ChannelGeneration first, Runnable onTakeOver, Runnable onRetired) {
    this.current = first;
    this.onTakeOver = onTakeOver;
    this.onRetired = onRetired;
  }

  ChannelGeneration current() {
    return current;
  }

  /** Any thread may read it. */
  FailedConfiguration failed() {
    return failed;
  }

  /** Replaces a generation that is idle: the new one is idle, too. */
  void replaceIdle(ChannelGeneration made) {
    failed.clear();
    dropNext();
    takeOver(made);
  }

  /** Starts a generation, which takes over as soon as it can serve calls. */
  void replace(ChannelGeneration made) {
    failed.clear();
    dropNext();
    next = made;
    warnedOfNext = false;
    made.start();
    if (next == made && (!canServe(current) || mustNotBeUsed(current, made))) {
      takeOver(made);
    }
  }

  /** Handles a change of state. Returns whether it is the state of the channel. */
  boolean stateChanged(ChannelGeneration changed) {
    ChannelGeneration waiting = next;
    if (changed == waiting) {
      takeOverIfPossible(waiting);
      return false;
    }
    if (changed == current && waiting != null && !canServe(changed)) {
      takeOver(waiting);
      return false;
    }
    return changed == current;
  }

  private static boolean canServe(ChannelGeneration generation) {
    return generation.state() == ConnectivityState.READY;
  }

  /** Once TLS is configured, no call may be sent in plaintext, even if the server has no TLS. */
  private static boolean mustNotBeUsed(ChannelGeneration old, ChannelGeneration made) {
    return isPlaintext(old) && !isPlaintext(made);
  }

  private static boolean isPlaintext(ChannelGeneration generation) {
    return generation.options().credentials() instanceof InsecureChannelCredentials;
  }

  private void takeOverIfPossible(ChannelGeneration made) {
    boolean failing = made.state() == ConnectivityState.TRANSIENT_FAILURE;
    if (!canServe(current) || (!failing && made.state() != ConnectivityState.CONNECTING)) {
      takeOver(made);
    } else if (failing && !warnedOfNext) {
      warnedOfNext = true;
      LOGGER.warning("[" + made.options().target().text()
          + "] The new configuration of the channel has no connection; calls use the connections"
          + " of the one before for as long as these last: " + made.failure());
    }
  }

  private void takeOver(ChannelGeneration made) {
    ChannelGeneration old = current;
    next = null;
    current = made;
    // Before the old one closes: its calls that wait for a stream slot pick again.
    onTakeOver.run();
    retire(old);
  }

  /** Lets a generation that is still connecting take over. */
  void takeOverNow() {
    ChannelGeneration waiting = next;
    if (waiting != null) {
      takeOver(waiting);
    }
  }

  /** Gives up a generation that is still connecting. */
  void dropNext() {
    ChannelGeneration dropped = next;
    next = null;
    if (dropped != null) {
      retire(dropped);
    }
  }

  /** Gives up a generation that has failed, if it is not in force. Returns whether it is. */
  boolean dropBroken(ChannelGeneration broken) {
    if (broken == next) {
      failed.record();
      dropNext();
    } else if (broken == current && next == null) {
      failed.record();
    }
    return broken == current;
  }

  /** Closes a generation. Streams finish first; its connector is closed with the last of them. */
  void retire(ChannelGeneration old) {
    retired.add(old);
    old.retire();
    onRetired.run();
  }

  void resetBackoff() {
    current.resetBackoff();
    if (next != null) {
      next.resetBackoff();
    }
  }

  /** To be called after each end of a subchannel. */
  void closeUnusedConnectors() {
    retired.removeIf(ChannelGeneration::closeConnectorIfUnused);
  }
}
