// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.credentials.oauth2;

import dev.clientconn.boot.autoconfigure.TargetNames;
import dev.clientconn.boot.autoconfigure.credentials.Token;
import dev.clientconn.boot.autoconfigure.credentials.TokenSource;
import dev.clientconn.boot.autoconfigure.credentials.TokenSources;
import io.grpc.Status;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientResponseException;

/** Requests tokens by the grant type {@code client_credentials} (RFC 6749 section 4.4). */
final class RegisteredTokenSources implements TokenSources {

  /** Codes that mean that the registration is wrong, not that the server has a problem. */
  private static final Set<String> REFUSALS = Set.of(
      OAuth2ErrorCodes.INVALID_CLIENT,
      OAuth2ErrorCodes.INVALID_GRANT,
      OAuth2ErrorCodes.INVALID_REQUEST,
      OAuth2ErrorCodes.INVALID_SCOPE,
      OAuth2ErrorCodes.UNAUTHORIZED_CLIENT,
      OAuth2ErrorCodes.UNSUPPORTED_GRANT_TYPE);

  private final ClientRegistrationRepository registrations;

  private final ObjectProvider<OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest>>
      clients;

  RegisteredTokenSources(
      ClientRegistrationRepository registrations,
      ObjectProvider<OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest>>
          clients) {
    this.registrations = registrations;
    this.clients = clients;
  }

  @Override
  public @Nullable String problem(String registrationId) {
    ClientRegistration registration = this.registrations.findByRegistrationId(registrationId);
    if (registration == null) {
      return "There is no registration '%s' below spring.security.oauth2.client.registration.%s"
          .formatted(registrationId, known(registrationId));
    }
    AuthorizationGrantType type = registration.getAuthorizationGrantType();
    return AuthorizationGrantType.CLIENT_CREDENTIALS.equals(type)
        ? null
        : "Of the registration '%s', its grant type is %s, not client_credentials."
            .formatted(registrationId, type.getValue());
  }

  private String known(String registrationId) {
    List<String> names = new ArrayList<>();
    if (this.registrations instanceof Iterable<?> all) {
      for (Object each : all) {
        if (each instanceof ClientRegistration registration) {
          names.add(registration.getRegistrationId());
        }
      }
    }
    String nearest = TargetNames.nearest(registrationId, names)
        .map(" Did you mean '%s'?"::formatted)
        .orElse("");
    return names.isEmpty()
        ? ""
        : "%s Registrations: %s.".formatted(nearest, String.join(", ", names));
  }

  @Override
  public TokenSource source(String registrationId, Duration timeout) {
    OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest> own =
        this.clients.getIfAvailable();
    // A client of its own for each of the rare requests leaves no thread behind.
    return () -> request(registrationId, own == null ? client(timeout) : own);
  }

  private Token request(
      String registrationId,
      OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest> client) {
    ClientRegistration registration = Objects.requireNonNull(
        this.registrations.findByRegistrationId(registrationId), "The registration was removed");
    try {
      OAuth2AccessToken token = client
          .getTokenResponse(new OAuth2ClientCredentialsGrantRequest(registration))
          .getAccessToken();
      return new Token(token.getTokenValue(), lifetime(token));
    } catch (OAuth2AuthorizationException refused) {
      if (isRefusal(refused)) {
        throw Status.UNAUTHENTICATED
            .withDescription(("The authorization server refuses the token of the gRPC client"
                    + " registration '%s': %s")
                .formatted(registrationId, refused.getMessage()))
            .withCause(refused)
            .asRuntimeException();
      }
      throw refused;
    }
  }

  /** Spring Security reads the error code of responses with status 400 only. */
  private static boolean isRefusal(OAuth2AuthorizationException failure) {
    return REFUSALS.contains(failure.getError().getErrorCode())
        || (failure.getCause() instanceof RestClientResponseException response
            && (response.getStatusCode().value() == 401
                || response.getStatusCode().value() == 403));
  }

  private static Duration lifetime(OAuth2AccessToken token) {
    Instant expires = token.getExpiresAt();
    Duration lifetime = expires == null ? Duration.ZERO : Duration.between(Instant.now(), expires);
    // Without the time of its expiry, a token is good for the calls that wait for it.
    return lifetime.isNegative() ? Duration.ZERO : lifetime;
  }

  /** Like Spring Security's client, with timeouts, so that no thread is blocked for ever. */
  private static OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest> client(
      Duration timeout) {
    JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(
        HttpClient.newBuilder().connectTimeout(timeout).build());
    requests.setReadTimeout(timeout);
    RestClientClientCredentialsTokenResponseClient client =
        new RestClientClientCredentialsTokenResponseClient();
    client.setRestClient(RestClient.builder()
        .requestFactory(requests)
        .configureMessageConverters(converters -> converters
            .addCustomConverter(new FormHttpMessageConverter())
            .addCustomConverter(new OAuth2AccessTokenResponseHttpMessageConverter()))
        .defaultStatusHandler(new OAuth2ErrorResponseErrorHandler())
        .build());
    return client;
  }
}
