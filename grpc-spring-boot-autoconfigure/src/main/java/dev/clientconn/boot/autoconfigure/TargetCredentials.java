// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.CallCredentialsHelper;
import dev.clientconn.boot.autoconfigure.credentials.EncryptedCredentials;
import dev.clientconn.boot.autoconfigure.credentials.TokenCache;
import dev.clientconn.boot.autoconfigure.credentials.TokenCredentials;
import dev.clientconn.boot.autoconfigure.credentials.TokenSources;
import dev.clientconn.boot.autoconfigure.credentials.TokenThreads;
import dev.clientconn.boot.autoconfigure.settings.CredentialsSettings;
import io.grpc.CallCredentials;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.util.StringUtils;

/**
 * Creates the credentials of a target from its properties or its bean. A target has one kind of
 * credentials at most, and they are not sent without TLS to other machines unless that is allowed.
 */
final class TargetCredentials implements SmartInitializingSingleton {

  private static final Log logger = LogFactory.getLog(TargetCredentials.class);

  static final Duration TOKEN_TIMEOUT = Duration.ofSeconds(10);

  private final BeanReferences beans;

  private final AnnotatedCredentials annotated;

  private final ObjectProvider<TokenSources> sources;

  /** Beans that properties name. */
  private final Set<String> named = ConcurrentHashMap.newKeySet();

  TargetCredentials(
      BeanReferences beans, GrpcClientTargets targets, ObjectProvider<TokenSources> sources) {
    this.beans = beans;
    this.annotated = new AnnotatedCredentials(beans.beans(), targets);
    this.sources = sources;
  }

  /**
   * Fails the start if a bean belongs to a target that does not exist. A bean that belongs to no
   * target may be meant for single calls, so there is only a message.
   */
  @Override
  public void afterSingletonsInstantiated() {
    Collection<String> assigned = this.annotated.byTarget().values();
    for (String bean : this.annotated.names()) {
      if (!assigned.contains(bean) && !this.named.contains(bean)) {
        logger.info(("The CallCredentials bean '%s' belongs to no gRPC target and is sent to no"
                + " server. @GrpcCallCredentials on it, or credentials.bean of a target, or of"
                + " grpc.client.defaults for all targets, sends it.")
            .formatted(bean));
      }
    }
  }

  /** Returns the credentials of a target, or null if it has none. */
  @Nullable
  CallCredentials of(TargetSettings settings, TransportSecurity security) {
    CredentialsSettings values = settings.values().getCredentials();
    String bean = this.annotated.beanOf(settings.name());
    // A bean of the target replaces the credentials of the defaults.
    List<String> kinds = values.kinds().stream()
        .filter(kind -> bean == null || settings.isOwn("credentials." + kind))
        .toList();
    rejectContradictions(settings, kinds, bean);
    boolean none = kinds.isEmpty() && bean == null;
    if (none || Boolean.FALSE.equals(values.getEnabled())) {
      return null;
    }
    boolean plaintextAllowed = Boolean.TRUE.equals(values.getAllowPlaintext());
    if (security == TransportSecurity.PLAINTEXT && !plaintextAllowed) {
      rejectPlaintext(settings, kinds, bean);
    }
    CallCredentials credentials = create(settings, values, kinds, bean);
    if (plaintextAllowed) {
      return credentials;
    }
    return credentials instanceof TokenCredentials tokens
        ? tokens.encrypted(settings.name())
        : new EncryptedCredentials(settings.name(), credentials);
  }

  private CallCredentials create(
      TargetSettings settings,
      CredentialsSettings values,
      List<String> kinds,
      @Nullable String annotatedBean) {
    if (kinds.isEmpty()) {
      return this.beans
          .beans()
          .getBean(Objects.requireNonNull(annotatedBean), CallCredentials.class);
    }
    String kind = kinds.get(0);
    return switch (kind) {
      case "bean" -> named(settings, text(values.getBean()));
      case "bearer.token" -> bearer(settings, text(values.getBearer().getToken()));
      case "oauth2.registration-id" ->
        tokens(settings, text(values.getOauth2().getRegistrationId()), values.getOauth2());
      default -> basic(settings, values.getBasic());
    };
  }

  private CallCredentials named(TargetSettings settings, String bean) {
    this.named.add(bean);
    return this.beans.get(settings, "credentials.bean", bean, CallCredentials.class);
  }

  private static String text(@Nullable String value) {
    return Objects.requireNonNull(value).strip();
  }

  private static void rejectContradictions(
      TargetSettings settings, List<String> kinds, @Nullable String bean) {
    if (kinds.size() > 1) {
      throw InvalidCredentialsException.of(
          settings,
          kinds,
          "%s contradict each other.".formatted(String.join(" and ", kinds)),
          "Remove all but one of them.");
    }
    if (!kinds.isEmpty() && bean != null) {
      throw InvalidCredentialsException.of(
          settings,
          kinds,
          "%s contradicts @GrpcCallCredentials of the bean '%s'.".formatted(kinds.get(0), bean),
          "Remove one of the two.");
    }
  }

  private static void rejectPlaintext(
      TargetSettings settings, List<String> kinds, @Nullable String bean) {
    List<String> hosts = AddressHosts.remote(settings.address());
    if (!hosts.isEmpty()) {
      throw InvalidCredentialsException.of(
          settings,
          kinds,
          "without TLS everyone on the way to %s can read them%s."
              .formatted(
                  String.join(", ", hosts), bean == null ? "" : " (bean '%s')".formatted(bean)),
          "Use TLS:\n\n" + settings.yaml("ssl.enabled", "true")
              + "\nOr, if the network protects the connection, allow it:\n\n"
              + settings.yaml("credentials.allow-plaintext", "true"));
    }
  }

  private static CallCredentials bearer(TargetSettings settings, String token) {
    boolean printable = token.chars().allMatch(c -> c > ' ' && c <= '~');
    if (!printable) {
      throw InvalidCredentialsException.of(
          settings,
          List.of("bearer.token"),
          "a bearer token has printable ASCII characters only, and no spaces.",
          "Write the token without the word 'Bearer', and without quotes or line breaks.");
    }
    return CallCredentialsHelper.bearerAuth(token);
  }

  private static CallCredentials basic(TargetSettings settings, CredentialsSettings.Basic values) {
    String username = values.getUsername();
    String password = values.getPassword();
    if (!StringUtils.hasText(username) || password == null) {
      boolean noName = !StringUtils.hasText(username);
      throw InvalidCredentialsException.of(
          settings,
          List.of(noName ? "basic.password" : "basic.username"),
          "%s is missing.".formatted(noName ? "basic.username" : "basic.password"),
          "Set credentials.basic.username and credentials.basic.password.");
    }
    if (username.indexOf(':') >= 0) {
      throw InvalidCredentialsException.of(
          settings,
          List.of("basic.username"),
          "a user name cannot contain a colon (RFC 7617).",
          "Write the part after the colon as credentials.basic.password.");
    }
    return CallCredentialsHelper.basicAuth(username, password);
  }

  private CallCredentials tokens(
      TargetSettings settings, String registration, CredentialsSettings.Oauth2 values) {
    String key = "credentials.oauth2.registration-id";
    TokenSources sources = this.sources.getIfAvailable();
    if (sources == null) {
      throw settings.invalid(
          key,
          registration,
          "There are no OAuth2 registrations in this application. They need"
              + " spring-boot-starter-oauth2-client, and keys below"
              + " spring.security.oauth2.client.registration.");
    }
    String problem = sources.problem(registration);
    if (problem != null) {
      throw settings.invalid(key, registration, problem);
    }
    Duration timeout = values.getTimeout() == null ? TOKEN_TIMEOUT : values.getTimeout();
    new SettingChecks(settings).positive("credentials.oauth2.timeout", timeout);
    return new TokenCredentials(new TokenCache(
        settings.name(),
        sources.source(registration, timeout),
        timeout,
        new TokenThreads(settings.name()),
        System::nanoTime));
  }
}
