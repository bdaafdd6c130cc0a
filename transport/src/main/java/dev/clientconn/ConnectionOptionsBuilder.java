// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.internal.channel.ConnectionOptions;
import dev.clientconn.internal.channel.ResolutionOptions;
import dev.clientconn.internal.transport.ChannelDefaults;
import io.grpc.ManagedChannelBuilder;
import java.time.Duration;

/**
 * Collects the options about the set of connections: how many, how long each is used, and how often
 * their addresses are looked up.
 *
 * @param <B> the builder that the methods return
 */
abstract class ConnectionOptionsBuilder<B extends ManagedChannelBuilder<B>>
    extends TransportOptionsBuilder<B> {
  private Duration maxConnectionAge = Duration.ZERO;
  private Duration connectionAgeGrace = ChannelDefaults.CONNECTION_AGE_GRACE;
  private Duration dnsRefreshInterval = Duration.ZERO;
  private Duration dnsMinRefreshInterval = Duration.ZERO;

  ConnectionOptionsBuilder(ChannelSecurity security) {
    super(security);
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
   * or because the {@linkplain #tls TLS material} has changed. Calls that are left then fail with
   * UNAVAILABLE.
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
   * earlier, by the load-balancing policy or by {@link #dnsRefreshInterval}, is delayed. Attempts
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

  final ConnectionOptions connectionOptions() {
    return new ConnectionOptions(
        OptionChecks.nanos(maxConnectionAge), OptionChecks.nanos(connectionAgeGrace));
  }

  final ResolutionOptions resolutionOptions() {
    return new ResolutionOptions(
        OptionChecks.nanos(dnsRefreshInterval), OptionChecks.nanos(dnsMinRefreshInterval));
  }
}
