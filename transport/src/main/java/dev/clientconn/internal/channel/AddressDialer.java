// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.SyncContextConfined;
import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.Status;
import java.util.List;

/** Dials the present one of a subchannel's addresses. */
@SyncContextConfined
final class AddressDialer {
  private final ChannelContext context;
  private final String channelAuthority;
  private final AddressIndex index;

  AddressDialer(
      ChannelContext context, String channelAuthority, List<EquivalentAddressGroup> addresses) {
    this.context = context;
    this.channelAuthority = channelAuthority;
    this.index = new AddressIndex(addresses);
  }

  AddressIndex index() {
    return index;
  }

  Attributes attributes() {
    return index.attributes();
  }

  /** Starts to make {@code connection}, which is notified of the outcome. */
  void dial(SubchannelConnection connection) {
    try {
      connection.observer(context.observer(index.attributes()));
      connection.dialed(context
          .connector()
          .connect(index.address(), authority(), index.attributes(), connection));
    } catch (Throwable e) {
      // The dialer or the address type may be foreign code: the attempt has failed, the channel
      // goes on.
      connection.notDialed(Status.UNAVAILABLE
          .withDescription("Connecting to " + index.address() + " failed: " + e)
          .withCause(e));
    }
  }

  /** The builder's override, else the address's own, else the channel's. */
  private String authority() {
    String own = index.attributes().get(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE);
    return own == null || context.options().authorityOverride() != null ? channelAuthority : own;
  }

  /** Adds to the reason of the last failure that no address of several could be reached. */
  Status explain(Status reason) {
    Status explained = ClusterTls.explain(reason, index.attributes());
    return index.size() == 1
        ? explained
        : explained.withDescription("None of " + index.size()
            + " addresses could be reached; the last one said: " + explained.getDescription());
  }
}
