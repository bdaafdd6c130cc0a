// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.internal.channel.ConnectionOptions;
import dev.clientconn.internal.channel.ResolutionOptions;
import dev.clientconn.internal.channel.ScalingOptions;
import dev.clientconn.internal.transport.ChannelDefaults;
import dev.clientconn.internal.transport.TransportOptions;
import io.grpc.ManagedChannelBuilder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Collects the options about the set of connections: how many, how long each is used, and how often
 * their addresses are looked up.
 *
 * @param <B> the builder that the methods return
 */
abstract class ConnectionOptionsBuilder<B extends ManagedChannelBuilder<B>>
    extends TransportOptionsBuilder<B> {
  private @Nullable Integer maxConnectionsPerAddress;
  private Duration pendingStreamTimeout = Duration.ZERO;
  private Duration connectionIdleTimeout = ChannelDefaults.CONNECTION_IDLE_TIMEOUT;
  private Duration maxConnectionAge = Duration.ZERO;
  private Duration connectionAgeGrace = ChannelDefaults.CONNECTION_AGE_GRACE;
  private Duration dnsRefreshInterval = Duration.ZERO;
  private Duration dnsMinRefreshInterval = Duration.ZERO;

  ConnectionOptionsBuilder(ChannelSecurity security) {
    super(security);
  }

  /**
   * Limits the connections to one address. Another connection is made when a call finds no free
   * stream slot, because the server limits the streams of a connection
   * ({@code SETTINGS_MAX_CONCURRENT_STREAMS}), and calls are assigned to the oldest connection with
   * a free slot (gRFC A105). This also limits the service config's {@code
   * connectionScaling.maxConnectionsPerSubchannel}, which otherwise may be up to 10.
   *
   * @param connections 1 or more; 1 by default
   * @return this
   * @throws IllegalArgumentException for less
   */
  public B maxConnectionsPerAddress(int connections) {
    maxConnectionsPerAddress =
        OptionChecks.atLeast(1, connections, "maxConnectionsPerAddress", "1 or more");
    return self();
  }

  /**
   * Closes a connection that has had no call for this long, unless it is the oldest one to its
   * address. It happens up to a quarter of the time later.
   *
   * @param timeout positive; 5 minutes by default. Less than 1 s counts as 1 s
   * @return this
   * @throws IllegalArgumentException for zero or less
   */
  public B connectionIdleTimeout(Duration timeout) {
    connectionIdleTimeout = OptionChecks.max(
        OptionChecks.positive(timeout, "connectionIdleTimeout"),
        ChannelDefaults.MIN_CONNECTION_IDLE_TIMEOUT);
    return self();
  }

  /**
   * Limits how long a call waits for a stream slot. It then fails with RESOURCE_EXHAUSTED.
   *
   * @param timeout positive; by default only the deadline of the call limits the wait
   * @return this
   * @throws IllegalArgumentException for zero or less
   */
  public B pendingStreamTimeout(Duration timeout) {
    pendingStreamTimeout = OptionChecks.positive(timeout, "pendingStreamTimeout");
    return self();
  }

  /**
   * Limits how long a connection is used. When it is that old, plus or minus 10 %, another
   * connection to its server is made; once that is ready, the old one takes no new calls. If no
   * other connection can be made, the old one stays in use.
   *
   * @param age positive; no limit by default. Less than 1 s counts as 1 s
   * @return this
   * @throws IllegalArgumentException for zero or less
   */
  public B maxConnectionAge(Duration age) {
    maxConnectionAge = OptionChecks.max(
        OptionChecks.positive(age, "maxConnectionAge"), ChannelDefaults.MIN_CONNECTION_AGE);
    return self();
  }

  /**
   * Limits how long calls may continue on a connection that has been replaced, because of its age
   * or because the {@linkplain ClientConnBuilder#tls TLS material} has changed. Calls that are left
   * then fail with UNAVAILABLE.
   *
   * @param grace positive; 5 minutes by default
   * @return this
   * @throws IllegalArgumentException for zero or less
   */
  public B maxConnectionAgeGrace(Duration grace) {
    connectionAgeGrace = OptionChecks.positive(grace, "maxConnectionAgeGrace");
    return self();
  }

  /**
   * Looks the target's addresses up again at this interval, plus or minus 10 %, while the channel
   * is not idle. A failed look-up changes nothing. DNS results are cached: for 30 s by default, see
   * the property {@code networkaddress.cache.ttl} of the JVM. A shorter interval has no effect with
   * {@code dns} targets.
   *
   * @param interval positive; by default only the load-balancing policy requests look-ups, when a
   *     connection is lost
   * @return this
   * @throws IllegalArgumentException for zero or less
   */
  public B dnsRefreshInterval(Duration interval) {
    dnsRefreshInterval = OptionChecks.positive(interval, "dnsRefreshInterval");
    return self();
  }

  /**
   * Sets the least time between two look-ups of the target's addresses. One that is requested
   * earlier, by the load-balancing policy or by {@code dnsRefreshInterval}, is delayed. Attempts
   * after a failed look-up have their own delays, and {@link ClientConn#resetConnectBackoff} and
   * the exit from idleness do not wait.
   *
   * @param interval positive; none by default
   * @return this
   * @throws IllegalArgumentException for zero or less
   */
  public B dnsMinRefreshInterval(Duration interval) {
    dnsMinRefreshInterval = OptionChecks.positive(interval, "dnsMinRefreshInterval");
    return self();
  }

  final ScalingOptions scalingOptions() {
    TransportOptions transport = transportOptions();
    ScalingOptions own = new ScalingOptions(
        maxConnectionsPerAddress,
        transport.maxPendingStreams(),
        OptionChecks.nanos(pendingStreamTimeout),
        OptionChecks.nanos(connectionIdleTimeout),
        transport.listener());
    return own.shared();
  }

  final ConnectionOptions connectionOptions() {
    ConnectionOptions own = new ConnectionOptions(
        OptionChecks.nanos(maxConnectionAge), OptionChecks.nanos(connectionAgeGrace));
    return own.shared();
  }

  final ResolutionOptions resolutionOptions() {
    ResolutionOptions own = new ResolutionOptions(
        OptionChecks.nanos(dnsRefreshInterval), OptionChecks.nanos(dnsMinRefreshInterval));
    return own.shared();
  }
}
