// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.serviceconfig;

import io.grpc.LoadBalancerRegistry;
import io.grpc.NameResolver;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;
import io.grpc.util.GracefulSwitchLoadBalancer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parses service configs into {@link ServiceConfig}. Called by resolvers from any thread.
 */
public final class ServiceConfigParser extends NameResolver.ServiceConfigParser {
  private static final String ROOT = "serviceConfig";

  /** The place of the policy that the builder names, for messages. */
  private static final String DEFAULT = "defaultLoadBalancingPolicy";

  private final String defaultPolicy;
  private final ParsedMethodConfigs parsed = new ParsedMethodConfigs();

  /**
   * Makes a parser that uses {@code defaultPolicy} where a config names no policy.
   *
   * @throws IllegalArgumentException if the policy is not on the classpath
   */
  public ServiceConfigParser(String defaultPolicy) {
    if (LoadBalancerRegistry.getDefaultRegistry().getProvider(defaultPolicy) == null) {
      throw new IllegalArgumentException("Load-balancing policy '" + defaultPolicy
          + "' is not on the classpath; pick_first and round_robin come with ClientConn");
    }
    this.defaultPolicy = defaultPolicy;
    // Checked here, so that the builder fails rather than name resolution.
    balancerConfig(DEFAULT, List.of(Map.of(defaultPolicy, Map.of())));
  }

  @Override
  public ConfigOrError parseServiceConfig(Map<String, ?> rawServiceConfig) {
    try {
      if (!ParsedMethodConfigs.canHave(rawServiceConfig)) {
        return ConfigOrError.fromConfig(parse(rawServiceConfig));
      }
      ConfigOrError known = parsed.get(rawServiceConfig);
      if (known == null) {
        known = ConfigOrError.fromConfig(parse(rawServiceConfig));
        parsed.put(rawServiceConfig, known);
      }
      return known;
    } catch (IllegalArgumentException e) {
      return invalid(e.getMessage(), e);
    } catch (Throwable t) {
      // A policy's provider, which is foreign code, parses its own part.
      return invalid("a policy's provider threw " + t, t);
    }
  }

  private static ConfigOrError invalid(@Nullable String reason, Throwable cause) {
    return ConfigOrError.fromError(Status.UNAVAILABLE
        .withDescription("Service config is invalid: " + reason)
        .withCause(cause));
  }

  /**
   * Parses a config.
   *
   * @throws IllegalArgumentException naming the first mistake
   */
  public ServiceConfig parse(Map<String, ?> raw) {
    JsonObject root = new JsonObject(raw, ROOT);
    List<Map<String, ?>> policies = policies(root);
    boolean listed = !root.objects("loadBalancingConfig").isEmpty();
    String place = ROOT + (listed ? ".loadBalancingConfig" : ".loadBalancingPolicy");
    return new MethodConfigParser()
        .parse(policies.isEmpty() ? null : balancerConfig(place, policies), root);
  }

  /**
   * Copies a JSON object in depth; numbers become doubles, as a JSON parser makes them. The copy is
   * immutable.
   *
   * @throws IllegalArgumentException naming the place of a key or value that JSON does not have
   */
  public static Map<String, ?> copyOfJson(Map<String, ?> raw) {
    return JsonObject.copy(raw, ROOT);
  }

  /** The balancer's config when no service config names a policy. */
  public Object defaultBalancerConfig() {
    return balancerConfig(DEFAULT, List.of(Map.of(defaultPolicy, Map.of())));
  }

  private static List<Map<String, ?>> policies(JsonObject root) {
    List<Map<String, ?>> policies = new ArrayList<>();
    for (JsonObject policy : root.objects("loadBalancingConfig")) {
      checkPolicy(policy);
      policies.add(policy.values());
    }
    // The field that loadBalancingConfig replaced; gRFC A2 gives it the lower rank.
    String policy = root.string("loadBalancingPolicy");
    if (policies.isEmpty() && policy != null) {
      policies.add(Map.of(policy.toLowerCase(Locale.ROOT), Map.of()));
    }
    return policies;
  }

  /** What grpc-java would reject without the place, and by other exceptions. */
  private static void checkPolicy(JsonObject policy) {
    if (policy.values().size() != 1) {
      throw new IllegalArgumentException(
          policy.path() + " must have one policy, but has " + policy.values().keySet());
    }
    policy.values().keySet().forEach(policy::object);
  }

  private static Object balancerConfig(String place, List<Map<String, ?>> policies) {
    ConfigOrError parsed = GracefulSwitchLoadBalancer.parseLoadBalancingPolicyConfig(policies);
    @Nullable Object config = parsed.getConfig();
    if (config == null) {
      Status error = parsed.getError();
      throw new IllegalArgumentException(place + " has no usable policy: " + policies + ": "
          + (error == null ? "no reason given" : error.getDescription()));
    }
    return config;
  }
}
