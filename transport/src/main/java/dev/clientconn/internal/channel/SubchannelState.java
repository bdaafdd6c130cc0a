// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.SyncContextConfined;
import io.grpc.ChannelLogger.ChannelLogLevel;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** Holds the connectivity state of a subchannel and reports each change to its policy. */
@SyncContextConfined
final class SubchannelState {
  private final Subchannel subchannel;
  private final ChannelContext context;
  private final AddrConnView view;
  private @Nullable SubchannelStateListener listener;
  private ConnectivityState state = ConnectivityState.IDLE;

  SubchannelState(Subchannel subchannel, ChannelContext context, AddrConnView view) {
    this.subchannel = subchannel;
    this.context = context;
    this.view = view;
  }

  void reportTo(SubchannelStateListener stateListener) {
    if (listener != null) {
      throw new IllegalStateException(subchannel + " was started already");
    }
    listener = stateListener;
  }

  boolean is(ConnectivityState other) {
    return state == other;
  }

  void moveTo(ConnectivityState next) {
    moveTo(ConnectivityStateInfo.forNonError(next));
  }

  /** Moves to TRANSIENT_FAILURE. */
  void fail(Status reason) {
    view.failed(String.valueOf(reason.getDescription()));
    moveTo(ConnectivityStateInfo.forTransientFailure(reason));
  }

  private void moveTo(ConnectivityStateInfo next) {
    setSilently(next.getState());
    context.logger().log(ChannelLogLevel.DEBUG, "{0}: {1}", subchannel, next);
    if (listener != null) {
      try {
        listener.onSubchannelState(next);
      } catch (Throwable t) {
        // Not rethrown: the connections of this subchannel would stay open.
        context.onBroken().accept(t);
      }
    }
  }

  /** Changes the state without a report. */
  void setSilently(ConnectivityState next) {
    state = next;
    view.state(next);
  }
}
