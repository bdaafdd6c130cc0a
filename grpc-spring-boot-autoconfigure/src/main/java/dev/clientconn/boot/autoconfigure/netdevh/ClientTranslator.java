// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.netdevh;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/**
 * Translates one client of net.devh's starter to settings of a target. What that starter implies is
 * written out: TLS, {@code round_robin}, and the name of the client as its address.
 */
final class ClientTranslator {

  /**
   * A setting of a target.
   *
   * @param value the value
   * @param source the old value that it was made from
   * @param shared whether it comes from GLOBAL or is implied
   */
  record Leaf(String value, OldValue source, boolean shared) {}

  /** gRFC A8: net.devh's starter leaves it to grpc-java, which raises a shorter time to this. */
  private static final Duration SHORTEST_KEEPALIVE = Duration.ofSeconds(10);

  private static final String KEEPALIVE_TIME = "5m";

  private static final Pattern ONE_SLASH = Pattern.compile("(dns|discovery):/([^/].*)");

  private final OldClient client;

  private final boolean complete;

  private final Map<String, Leaf> leaves = new LinkedHashMap<>();

  private final List<NewSetting> bundle = new ArrayList<>();

  private final Problems problems;

  /**
   * Creates a translator.
   *
   * @param complete whether to add what the starter implies
   */
  ClientTranslator(OldClient client, boolean complete, Problems problems) {
    this.client = client;
    this.complete = complete;
    this.problems = problems;
  }

  String name() {
    return this.client.name();
  }

  Map<String, Leaf> leaves() {
    return this.leaves;
  }

  List<NewSetting> bundle() {
    return this.bundle;
  }

  ClientTranslator translate(String defaultScheme) {
    address(defaultScheme);
    security();
    balancing();
    rename(OldKeys.USER_AGENT);
    duration(OldKeys.TIMEOUT, "deadline");
    connect();
    keepalive();
    size(OldKeys.MESSAGE_SIZE, "inbound.message.max-size");
    size(OldKeys.METADATA_SIZE, "inbound.metadata.max-size");
    rename(OldKeys.GRACE_PERIOD);
    return this;
  }

  /** Interceptors without the annotation are not global there. */
  Leaf interceptors() {
    return new Leaf("annotated", implied(), true);
  }

  private void address(String defaultScheme) {
    OldValue address = this.client.get(OldKeys.ADDRESS);
    if (address != null) {
      Matcher oneSlash = ONE_SLASH.matcher(address.raw());
      String same =
          oneSlash.matches() ? oneSlash.group(1) + ":///" + oneSlash.group(2) : address.raw();
      put("address", same, address);
    } else if (this.complete) {
      put("address", defaultScheme + name(), implied());
    }
  }

  private void security() {
    OldValue type = this.client.get(OldKeys.NEGOTIATION);
    if (type == null && !this.complete) {
      return;
    }
    switch (type == null ? "tls" : OldKeys.uniform(type.text())) {
      case "tls" -> tls(type == null ? implied() : type);
      case "plaintext" -> {
        put("ssl.enabled", "false", requireNonNull(type));
        String noTls = "It has no effect without TLS.";
        this.client.all().stream()
            .filter(value ->
                OldKeys.uniform(value.property().getName().toString()).contains(".security."))
            .forEach(value -> this.problems.leftOut(value, noTls));
      }
      case "plaintextupgrade" ->
        this.problems.refuse(
            requireNonNull(type),
            "A ClientConn does not upgrade from HTTP/1.1. gRPC servers without TLS accept HTTP/2"
                + " at once: write PLAINTEXT.");
      default -> this.problems.refuse(requireNonNull(type), "It must be TLS or PLAINTEXT.");
    }
  }

  private void tls(OldValue type) {
    BundleTranslator translator = new BundleTranslator(this.client, this.problems);
    this.bundle.addAll(translator.translate());
    OldValue material = translator.first();
    if (material != null) {
      put("ssl.bundle", translator.name(), material);
    } else {
      put("ssl.enabled", "true", type);
    }
    rename(OldKeys.AUTHORITY);
  }

  private void balancing() {
    if (this.client.get(OldKeys.BALANCING) != null) {
      rename(OldKeys.BALANCING);
    } else if (this.complete) {
      put("load-balancing-policy", "round_robin", implied());
    }
  }

  private void connect() {
    OldValue timeout = this.client.get(OldKeys.CONNECT);
    Duration time = timeout == null ? null : duration(timeout, ChronoUnit.MILLIS);
    if (timeout != null && (time == null || !time.isZero())) {
      put("connect.mode", "required", timeout);
      put("connect.required-timeout", withUnit(timeout), timeout);
    }
  }

  private void keepalive() {
    OldValue time = this.client.get(OldKeys.KEEP_ALIVE_TIME);
    if (!this.client.isTrue(OldKeys.KEEP_ALIVE)) {
      String off = "It has no effect without enable-keep-alive: true.";
      this.problems.leftOut(time, off);
      this.problems.leftOut(this.client.get(OldKeys.KEEP_ALIVE_TIMEOUT), off);
      this.problems.leftOut(this.client.get(OldKeys.KEEP_ALIVE_IDLE), off);
      return;
    }
    if (time == null) {
      put("keepalive.time", KEEPALIVE_TIME, requireNonNull(this.client.get(OldKeys.KEEP_ALIVE)));
    } else {
      Duration written = duration(time, ChronoUnit.SECONDS);
      boolean raised = written != null && written.compareTo(SHORTEST_KEEPALIVE) < 0;
      put("keepalive.time", raised ? "10s" : time.raw(), time);
    }
    rename(OldKeys.KEEP_ALIVE_TIMEOUT);
    rename(OldKeys.KEEP_ALIVE_IDLE);
  }

  private void duration(String key, String newKey) {
    OldValue value = this.client.get(key);
    Duration time = value == null ? null : duration(value, ChronoUnit.MILLIS);
    if (value != null && (time == null || !time.isZero())) {
      put(newKey, withUnit(value), value);
    }
  }

  /** Returns null if the value is not a duration; the new key then fails with a message. */
  private static @Nullable Duration duration(OldValue value, ChronoUnit unit) {
    try {
      return DurationStyle.detectAndParse(value.text(), unit);
    } catch (IllegalArgumentException notADuration) {
      return null;
    }
  }

  /** A number without a unit is in milliseconds there and in seconds here. */
  private static String withUnit(OldValue value) {
    return value.text().matches("[+-]?\\d+") ? value.raw() + "ms" : value.raw();
  }

  private void size(String key, String newKey) {
    OldValue value = this.client.get(key);
    if (value != null) {
      boolean unlimited = value.text().matches("-1B?");
      put(newKey, unlimited ? Integer.MAX_VALUE + "B" : value.raw(), value);
    }
  }

  private void rename(String key) {
    OldValue value = this.client.get(key);
    if (value != null) {
      put(requireNonNull(OldKeys.RENAMED.get(key)), value.raw(), value);
    }
  }

  private void put(String key, String value, OldValue source) {
    this.leaves.put(key, new Leaf(value, source, source.global()));
  }

  /** Something implied has no key of its own: the first one of the client stands for it. */
  private OldValue implied() {
    return this.client.all().iterator().next().ofGlobal();
  }
}
