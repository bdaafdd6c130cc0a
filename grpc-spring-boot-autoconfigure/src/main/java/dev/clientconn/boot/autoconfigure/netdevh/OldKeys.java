// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.netdevh;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lists the keys that a client of net.devh's starter can have. */
public final class OldKeys {

  static final String ADDRESS = "address";
  static final String TIMEOUT = "default-request-timeout";
  static final String BALANCING = "default-load-balancing-policy";
  static final String KEEP_ALIVE = "enable-keep-alive";
  static final String KEEP_ALIVE_TIME = "keep-alive-time";
  static final String KEEP_ALIVE_TIMEOUT = "keep-alive-timeout";
  static final String KEEP_ALIVE_IDLE = "keep-alive-without-calls";
  static final String GRACE_PERIOD = "shutdown-grace-period";
  static final String MESSAGE_SIZE = "max-inbound-message-size";
  static final String METADATA_SIZE = "max-inbound-metadata-size";
  static final String NEGOTIATION = "negotiation-type";
  static final String CONNECT = "immediate-connect-timeout";
  static final String USER_AGENT = "user-agent";
  static final String CLIENT_AUTH = "security.client-auth-enabled";
  static final String CERTIFICATE = "security.certificate-chain";
  static final String PRIVATE_KEY = "security.private-key";
  static final String PRIVATE_KEY_PASSWORD = "security.private-key-password";
  static final String KEY_STORE = "security.key-store";
  static final String KEY_STORE_FORMAT = "security.key-store-format";
  static final String KEY_STORE_PASSWORD = "security.key-store-password";
  static final String TRUSTED = "security.trust-cert-collection";
  static final String TRUST_STORE = "security.trust-store";
  static final String TRUST_STORE_FORMAT = "security.trust-store-format";
  static final String TRUST_STORE_PASSWORD = "security.trust-store-password";
  static final String AUTHORITY = "security.authority-override";
  static final String CIPHERS = "security.ciphers";
  static final String PROTOCOLS = "security.protocols";

  /** All keys. */
  public static final List<String> ALL = List.of(
      ADDRESS,
      TIMEOUT,
      BALANCING,
      KEEP_ALIVE,
      KEEP_ALIVE_TIME,
      KEEP_ALIVE_TIMEOUT,
      KEEP_ALIVE_IDLE,
      GRACE_PERIOD,
      MESSAGE_SIZE,
      METADATA_SIZE,
      NEGOTIATION,
      CONNECT,
      USER_AGENT,
      CLIENT_AUTH,
      CERTIFICATE,
      PRIVATE_KEY,
      PRIVATE_KEY_PASSWORD,
      KEY_STORE,
      KEY_STORE_FORMAT,
      KEY_STORE_PASSWORD,
      TRUSTED,
      TRUST_STORE,
      TRUST_STORE_FORMAT,
      TRUST_STORE_PASSWORD,
      AUTHORITY,
      CIPHERS,
      PROTOCOLS);

  /** New names of keys whose values stay the same. */
  public static final Map<String, String> RENAMED = Map.of(
      BALANCING, "load-balancing-policy",
      KEEP_ALIVE_TIME, "keepalive.time",
      KEEP_ALIVE_TIMEOUT, "keepalive.timeout",
      KEEP_ALIVE_IDLE, "keepalive.without-calls",
      GRACE_PERIOD, "shutdown.grace-period",
      METADATA_SIZE, "inbound.metadata.max-size",
      USER_AGENT, USER_AGENT,
      AUTHORITY, "authority");

  private OldKeys() {}

  /** Returns the key for a path in any spelling, or null if net.devh has no such key. */
  static @Nullable String find(List<String> path) {
    String wanted = uniform(String.join(".", path));
    return ALL.stream().filter(key -> uniform(key).equals(wanted)).findFirst().orElse(null);
  }

  static String uniform(String text) {
    return text.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
  }
}
