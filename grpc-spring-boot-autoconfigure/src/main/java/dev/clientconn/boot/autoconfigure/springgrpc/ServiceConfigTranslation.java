// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.springgrpc;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/**
 * Translates the service config of Spring Boot's gRPC client, which has names of its own, into the
 * JSON form of gRPC (gRFC A2).
 */
final class ServiceConfigTranslation {

  private static final Map<String, String> NAMES = Map.ofEntries(
      Map.entry("loadbalancing", "loadBalancingConfig"),
      Map.entry("pickfirst", "pick_first"),
      Map.entry("shuffleaddresslist", "shuffleAddressList"),
      Map.entry("roundrobin", "round_robin"),
      Map.entry("weightedroundrobin", "weighted_round_robin"),
      Map.entry("blackoutperiod", "blackoutPeriod"),
      Map.entry("weightexpirationperiod", "weightExpirationPeriod"),
      Map.entry("outofbandreportingperiod", "oobReportingPeriod"),
      Map.entry("enableoutofbandloadreport", "enableOobLoadReport"),
      Map.entry("weightupdateperiod", "weightUpdatePeriod"),
      Map.entry("errorutilizationpenalty", "errorUtilizationPenalty"),
      Map.entry("grpc", "grpclb"),
      Map.entry("child", "childPolicy"),
      Map.entry("servicename", "serviceName"),
      Map.entry("initialfallbacktimeout", "initialFallbackTimeout"),
      Map.entry("name", "name"),
      Map.entry("service", "service"),
      Map.entry("method", "method"),
      Map.entry("waitforready", "waitForReady"),
      Map.entry("maxrequestmessage", "maxRequestMessageBytes"),
      Map.entry("maxresponsemessage", "maxResponseMessageBytes"),
      Map.entry("timeout", "timeout"),
      Map.entry("retry", "retryPolicy"),
      Map.entry("maxattempts", "maxAttempts"),
      Map.entry("initialbackoff", "initialBackoff"),
      Map.entry("maxbackoff", "maxBackoff"),
      Map.entry("backoffmultiplier", "backoffMultiplier"),
      Map.entry("perattemptreceivetimeout", "perAttemptRecvTimeout"),
      Map.entry("retryablestatuscodes", "retryableStatusCodes"),
      Map.entry("hedging", "hedgingPolicy"),
      Map.entry("delay", "hedgingDelay"),
      Map.entry("nonfatalstatuscodes", "nonFatalStatusCodes"),
      Map.entry("retrythrottling", "retryThrottling"),
      Map.entry("maxtokens", "maxTokens"),
      Map.entry("tokenratio", "tokenRatio"),
      Map.entry("healthcheck", "healthCheckConfig"));

  private static final Set<String> DURATIONS = Set.of(
      "blackoutPeriod",
      "weightExpirationPeriod",
      "oobReportingPeriod",
      "weightUpdatePeriod",
      "initialFallbackTimeout",
      "timeout",
      "initialBackoff",
      "maxBackoff",
      "hedgingDelay");

  private static final Set<String> SIZES =
      Set.of("maxRequestMessageBytes", "maxResponseMessageBytes");

  private static final Set<String> CODES = Set.of("retryableStatusCodes", "nonFatalStatusCodes");

  private ServiceConfigTranslation() {}

  /** Translates a path below {@code service-config}; null for a name that Boot does not have. */
  static @Nullable List<String> path(List<String> path) {
    List<String> json = new ArrayList<>();
    for (String element : path) {
      // The outermost is the list of methods, an inner one the name of a method.
      boolean methods = json.isEmpty() && element.equals("method");
      String name = element.startsWith("[") ? element : NAMES.get(element);
      if (name == null) {
        return null;
      }
      json.add(methods ? "methodConfig" : name);
    }
    return json;
  }

  /** Converts a value; returns it as it is if it cannot be read. Without a unit, Boot reads ms. */
  static String value(String name, String value, UnaryOperator<String> placeholders) {
    if (CODES.contains(name)) {
      return placeholders.apply(value).replace('-', '_').toUpperCase(Locale.ROOT);
    }
    boolean duration = DURATIONS.contains(name);
    if (!duration && !SIZES.contains(name)) {
      return value;
    }
    String text = placeholders.apply(value).strip();
    try {
      return duration
          ? text(DurationStyle.detectAndParse(text, ChronoUnit.MILLIS))
          : Long.toString(DataSize.parse(text).toBytes());
    } catch (IllegalArgumentException | ArithmeticException unreadable) {
      return value;
    }
  }

  /** Formats a duration as protobuf's JSON does: the fraction has leading zeros. */
  private static String text(Duration duration) {
    return "%d.%09ds".formatted(duration.getSeconds(), duration.getNano());
  }
}
