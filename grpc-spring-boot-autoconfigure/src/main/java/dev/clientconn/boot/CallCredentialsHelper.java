// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.SecurityLevel;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Creates call credentials of the usual kinds. Suppliers are called once for each call, on a thread
 * that may block; the {@link io.grpc.Context} of the call is current there, thread-local variables
 * of its caller are not. A supplier that throws or returns null ends the call with UNAUTHENTICATED,
 * or with the status that it throws.
 */
public final class CallCredentialsHelper {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private CallCredentialsHelper() {}

  /**
   * Sends a fixed bearer token (RFC 6750).
   *
   * @param token the token, without {@code Bearer}
   * @return the credentials
   */
  public static CallCredentials bearerAuth(String token) {
    return authorizationHeader("Bearer " + Objects.requireNonNull(token, "token"));
  }

  /**
   * Sends a bearer token that may change (RFC 6750).
   *
   * @param tokens returns the token of a call, without {@code Bearer}
   * @return the credentials
   */
  public static CallCredentials bearerAuth(Supplier<String> tokens) {
    Objects.requireNonNull(tokens, "tokens");
    return authorizationHeader(
        () -> "Bearer " + Objects.requireNonNull(tokens.get(), "The supplier returned no token"));
  }

  /**
   * Sends a user name and password (RFC 7617).
   *
   * @param username the name; it cannot contain a colon
   * @param password the password
   * @return the credentials
   */
  public static CallCredentials basicAuth(String username, String password) {
    return authorizationHeader(encodeBasicAuth(username, password));
  }

  /**
   * Encodes a user name and password as the value of an {@code authorization} header (RFC 7617).
   *
   * @param username the name
   * @param password the password
   * @return the value, which starts with {@code Basic}
   * @throws IllegalArgumentException if the name contains a colon
   */
  public static String encodeBasicAuth(String username, String password) {
    Objects.requireNonNull(username, "username");
    Objects.requireNonNull(password, "password");
    if (username.indexOf(':') >= 0) {
      throw new IllegalArgumentException("A user name cannot contain a colon (RFC 7617)");
    }
    byte[] pair = (username + ':' + password).getBytes(UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  /**
   * Sends a fixed {@code authorization} header.
   *
   * @param authorization the value, with its scheme
   * @return the credentials
   */
  public static CallCredentials authorizationHeader(String authorization) {
    return authorizationHeaders(metadata(authorization));
  }

  /**
   * Sends an {@code authorization} header that may change.
   *
   * @param authorization returns the value for a call, with its scheme
   * @return the credentials
   */
  public static CallCredentials authorizationHeader(Supplier<String> authorization) {
    Objects.requireNonNull(authorization, "authorization");
    return authorizationHeaders(() -> metadata(authorization.get()));
  }

  /**
   * Sends fixed metadata.
   *
   * @param headers the metadata; do not change it afterwards
   * @return the credentials
   */
  public static CallCredentials authorizationHeaders(Metadata headers) {
    return new HeaderCredentials.Fixed(Objects.requireNonNull(headers, "headers"));
  }

  /**
   * Sends metadata that may change.
   *
   * @param headers returns the metadata of a call
   * @return the credentials
   */
  public static CallCredentials authorizationHeaders(Supplier<Metadata> headers) {
    return new HeaderCredentials.Changing(Objects.requireNonNull(headers, "headers"));
  }

  /**
   * Tests whether a connection is encrypted.
   *
   * @param level the security level of the connection
   * @return whether others cannot read what is sent
   */
  public static boolean isPrivacyGuaranteed(SecurityLevel level) {
    return level == SecurityLevel.PRIVACY_AND_INTEGRITY;
  }

  /**
   * Ends calls without TLS with UNAUTHENTICATED instead of sending the credentials.
   *
   * @param credentials the credentials
   * @return credentials that are sent only with TLS
   */
  public static CallCredentials requirePrivacy(CallCredentials credentials) {
    return new PrivacyCredentials(Objects.requireNonNull(credentials, "credentials"), true);
  }

  /**
   * Makes calls without TLS without the credentials.
   *
   * @param credentials the credentials
   * @return credentials that are sent only with TLS
   */
  public static CallCredentials includeWhenPrivate(CallCredentials credentials) {
    return new PrivacyCredentials(Objects.requireNonNull(credentials, "credentials"), false);
  }

  /**
   * Gives all injected stubs the same credentials. Credentials of the target are replaced.
   *
   * @param credentials the credentials
   * @return a transformer to define as a bean
   */
  public static StubTransformer fixedCredentialsStubTransformer(CallCredentials credentials) {
    Objects.requireNonNull(credentials, "credentials");
    return (name, stub) -> stub.withCallCredentials(credentials);
  }

  /**
   * Gives the injected stubs of each target their credentials. Stubs of other targets stay as they
   * are.
   *
   * @param credentials the credentials by the names of the targets, as they are configured
   * @return a transformer to define as a bean
   */
  public static StubTransformer mappedCredentialsStubTransformer(
      Map<String, CallCredentials> credentials) {
    return mappedCredentialsStubTransformer(credentials, null);
  }

  /**
   * Gives the injected stubs of each target their credentials.
   *
   * @param credentials the credentials by the names of the targets, as they are configured; a null
   *     value means none
   * @param fallback the credentials of the stubs of all other targets, or null
   * @return a transformer to define as a bean
   */
  public static StubTransformer mappedCredentialsStubTransformer(
      Map<String, CallCredentials> credentials, @Nullable CallCredentials fallback) {
    Map<String, CallCredentials> copy = new HashMap<>(credentials);
    return (name, stub) -> {
      CallCredentials ofTarget = copy.getOrDefault(name, fallback);
      return ofTarget == null ? stub : stub.withCallCredentials(ofTarget);
    };
  }

  private static Metadata metadata(String authorization) {
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, Objects.requireNonNull(authorization, "There is no authorization"));
    return headers;
  }
}
