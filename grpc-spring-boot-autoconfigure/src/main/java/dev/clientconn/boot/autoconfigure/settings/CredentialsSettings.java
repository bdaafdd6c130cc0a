// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.StringUtils;

/** Holds the credentials that are sent with calls; a target has one kind of them. */
public class CredentialsSettings {

  /** Whether the credentials are sent. A target can refuse those of the defaults by false. */
  private @Nullable Boolean enabled;

  /** Whether the credentials may be sent without TLS to other machines, for everyone to read. */
  private @Nullable Boolean allowPlaintext;

  /** Bean name of the CallCredentials to send. */
  private @Nullable String bean;

  private final Bearer bearer = new Bearer();

  private final Basic basic = new Basic();

  private final Oauth2 oauth2 = new Oauth2();

  public @Nullable Boolean getEnabled() {
    return this.enabled;
  }

  public void setEnabled(@Nullable Boolean enabled) {
    this.enabled = enabled;
  }

  public @Nullable Boolean getAllowPlaintext() {
    return this.allowPlaintext;
  }

  public void setAllowPlaintext(@Nullable Boolean allowPlaintext) {
    this.allowPlaintext = allowPlaintext;
  }

  public @Nullable String getBean() {
    return this.bean;
  }

  public void setBean(@Nullable String bean) {
    this.bean = bean;
  }

  public Bearer getBearer() {
    return this.bearer;
  }

  public Basic getBasic() {
    return this.basic;
  }

  public Oauth2 getOauth2() {
    return this.oauth2;
  }

  /**
   * Lists the kinds that are set; usually one.
   *
   * @return their keys below {@code credentials}
   */
  public List<String> kinds() {
    List<String> kinds = new ArrayList<>();
    if (StringUtils.hasText(this.bean)) {
      kinds.add("bean");
    }
    if (StringUtils.hasText(this.bearer.token)) {
      kinds.add("bearer.token");
    }
    if (StringUtils.hasText(this.basic.username)) {
      kinds.add("basic.username");
    } else if (StringUtils.hasText(this.basic.password)) {
      kinds.add("basic.password");
    }
    if (StringUtils.hasText(this.oauth2.registrationId)) {
      kinds.add("oauth2.registration-id");
    }
    return kinds;
  }

  /**
   * Removes the kinds that were inherited, if the target has one itself.
   *
   * @param own the settings of the target, without what it inherits
   */
  public void keepKindsOf(CredentialsSettings own) {
    List<String> kinds = own.kinds();
    if (kinds.isEmpty()) {
      return;
    }
    this.enabled = own.enabled;
    this.bean = own.bean;
    this.bearer.token = own.bearer.token;
    if (kinds.stream().noneMatch(kind -> kind.startsWith("basic."))) {
      this.basic.username = null;
      this.basic.password = null;
    }
    this.oauth2.registrationId = own.oauth2.registrationId;
  }

  /** A token in the authorization header. */
  public static class Bearer {

    /** Token to send, without the word Bearer. */
    private @Nullable String token;

    public @Nullable String getToken() {
      return this.token;
    }

    public void setToken(@Nullable String token) {
      this.token = token;
    }
  }

  /** A user name and password in the authorization header. */
  public static class Basic {

    /** User name to send. */
    private @Nullable String username;

    /** Password to send. */
    private @Nullable String password;

    public @Nullable String getUsername() {
      return this.username;
    }

    public void setUsername(@Nullable String username) {
      this.username = username;
    }

    public @Nullable String getPassword() {
      return this.password;
    }

    public void setPassword(@Nullable String password) {
      this.password = password;
    }
  }

  /** A token of an OAuth2 server, by client credentials. */
  public static class Oauth2 {

    /** Registration below spring.security.oauth2.client.registration to get tokens with. */
    private @Nullable String registrationId;

    /**
     * Time that a call waits for a token before it fails. If a duration suffix is not specified,
     * seconds will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration timeout;

    public @Nullable String getRegistrationId() {
      return this.registrationId;
    }

    public void setRegistrationId(@Nullable String registrationId) {
      this.registrationId = registrationId;
    }

    public @Nullable Duration getTimeout() {
      return this.timeout;
    }

    public void setTimeout(@Nullable Duration timeout) {
      this.timeout = timeout;
    }
  }
}
