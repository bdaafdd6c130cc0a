// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.internal.call.RetryBufferLimit;
import dev.clientconn.internal.call.RetryOptions;
import dev.clientconn.internal.serviceconfig.ServiceConfig;
import dev.clientconn.internal.serviceconfig.ServiceConfigParser;
import dev.clientconn.internal.transport.ChannelDefaults;
import io.grpc.ManagedChannelBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects the options about retries, and the service config, which has their policies.
 *
 * @param <B> the builder that the methods return
 */
abstract class RetryOptionsBuilder<B extends ManagedChannelBuilder<B>>
    extends ConnectionOptionsBuilder<B> {
  private @Nullable Map<String, ?> defaultServiceConfig;
  private boolean lookUpServiceConfig = true;
  private boolean retryEnabled = true;
  private int maxRetryAttempts = ChannelDefaults.MAX_ATTEMPTS;
  private int maxHedgedAttempts = ChannelDefaults.MAX_ATTEMPTS;
  private long perRpcBufferLimit = ChannelDefaults.PER_RPC_BUFFER_LIMIT;
  private long retryBufferSize = ChannelDefaults.RETRY_BUFFER_SIZE;

  RetryOptionsBuilder(ChannelSecurity security) {
    super(security);
  }

  /**
   * Sets the service config for when the name resolver sends none: maps, lists, strings, numbers,
   * booleans and nulls, as a JSON parser makes them. It is copied; {@link #build} checks its
   * meaning. {@code null} removes it.
   *
   * @throws IllegalArgumentException naming the place of a key or value that JSON does not have
   */
  @Override
  public B defaultServiceConfig(@Nullable Map<String, ?> serviceConfig) {
    defaultServiceConfig =
        serviceConfig == null ? null : ServiceConfigParser.copyOfJson(serviceConfig);
    return self();
  }

  /** Ignores service configs of the name resolver. */
  @Override
  public B disableServiceConfigLookUp() {
    lookUpServiceConfig = false;
    return self();
  }

  /**
   * Follows the retry and hedging policies of the service config (gRFC A6), which is the default.
   */
  @Override
  public B enableRetry() {
    retryEnabled = true;
    return self();
  }

  /**
   * Ignores the retry and hedging policies of the service config. Transparent retries, of calls
   * that no server has processed, stay on.
   */
  @Override
  public B disableRetry() {
    retryEnabled = false;
    return self();
  }

  /**
   * Limits {@code maxAttempts} of the service config's retry policies. The first attempt counts;
   * transparent retries do not.
   *
   * @param maxRetryAttempts 0 or more; 5 by default. With 0 or 1 no call is retried
   * @throws IllegalArgumentException for less than 0
   */
  @Override
  public B maxRetryAttempts(int maxRetryAttempts) {
    this.maxRetryAttempts =
        OptionChecks.atLeast(0, maxRetryAttempts, "maxRetryAttempts", "0 or more");
    return self();
  }

  /**
   * Limits {@code maxAttempts} of the service config's hedging policies. The first attempt counts;
   * transparent retries do not.
   *
   * @param maxHedgedAttempts 0 or more; 5 by default. With 0 or 1 no call is hedged
   * @throws IllegalArgumentException for less than 0
   */
  @Override
  public B maxHedgedAttempts(int maxHedgedAttempts) {
    this.maxHedgedAttempts =
        OptionChecks.atLeast(0, maxHedgedAttempts, "maxHedgedAttempts", "0 or more");
    return self();
  }

  /**
   * Limits the bytes of requests, of all calls of the channel, that are retained after they were
   * sent and until the server responds, so that a retry can resend them. A call that
   * would exceed the limit continues, and is not retried. Requests of one message of at most 1,024
   * bytes, its 5-byte prefix included, do not count.
   *
   * @param bytes positive; 16 MiB by default
   * @throws IllegalArgumentException for 0 or less
   */
  @Override
  public B retryBufferSize(long bytes) {
    retryBufferSize = OptionChecks.positive(bytes, "retryBufferSize");
    return self();
  }

  /**
   * As {@link ClientConnBuilder#retryBufferSize}, for the request of one call.
   *
   * @param bytes positive; 1 MiB by default
   * @throws IllegalArgumentException for 0 or less
   */
  @Override
  public B perRpcBufferLimit(long bytes) {
    perRpcBufferLimit = OptionChecks.positive(bytes, "perRpcBufferLimit");
    return self();
  }

  @Nullable
  ServiceConfig defaultServiceConfig(ServiceConfigParser parser) {
    return defaultServiceConfig == null ? null : parser.parse(defaultServiceConfig);
  }

  /** Has the options of the service config. */
  List<@Nullable Object> serviceConfigKey() {
    return Arrays.asList(defaultServiceConfig, lookUpServiceConfig);
  }

  boolean looksUpServiceConfig() {
    return lookUpServiceConfig;
  }

  RetryOptions retryOptions() {
    RetryOptions own = new RetryOptions(
        retryEnabled,
        maxRetryAttempts,
        maxHedgedAttempts,
        new RetryBufferLimit.Limits(perRpcBufferLimit, retryBufferSize));
    return own.shared();
  }
}
