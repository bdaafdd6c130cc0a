// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.Status;
import io.grpc.health.v1.HealthGrpc;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TokenCredentialsTest {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final List<String> results = new ArrayList<>();

  private long now;

  private int requested;

  private final TokenCredentials credentials = new TokenCredentials(new TokenCache(
      "greeter",
      () -> new Token("token-" + ++this.requested, Duration.ofHours(1)),
      Duration.ofSeconds(10),
      new CallerThreads(),
      () -> this.now));

  @Test
  void tokenThatTheServerRejectsIsNotUsedAgain() {
    apply(this.credentials, remote(), SecurityLevel.PRIVACY_AND_INTEGRITY);
    this.now += Duration.ofSeconds(2).toNanos();
    end(Status.PERMISSION_DENIED);
    apply(this.credentials, remote(), SecurityLevel.PRIVACY_AND_INTEGRITY);
    end(Status.UNAUTHENTICATED);
    apply(this.credentials, remote(), SecurityLevel.PRIVACY_AND_INTEGRITY);

    assertThat(this.results).containsExactly("Bearer token-1", "Bearer token-1", "Bearer token-2");
  }

  @Test
  void encryptedCredentialsAreSentWithTlsOrToThisMachine() {
    TokenCredentials encrypted = this.credentials.encrypted("greeter");

    apply(encrypted, remote(), SecurityLevel.PRIVACY_AND_INTEGRITY);
    apply(
        encrypted, new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), SecurityLevel.NONE);
    apply(encrypted, UnixDomainSocketAddress.of("/run/greeter"), SecurityLevel.NONE);

    assertThat(this.results).containsExactly("Bearer token-1", "Bearer token-1", "Bearer token-1");
  }

  @Test
  void encryptedCredentialsAreNotSentInPlaintextToAnotherMachine() {
    TokenCredentials encrypted = this.credentials.encrypted("greeter");

    apply(encrypted, remote(), SecurityLevel.NONE);
    apply(encrypted, InetSocketAddress.createUnresolved("greeter", 1), SecurityLevel.NONE);
    apply(encrypted, null, SecurityLevel.NONE);

    assertThat(this.results)
        .hasSize(3)
        .allSatisfy(result -> assertThat(result)
            .startsWith(
                "UNAUTHENTICATED: The credentials of the gRPC target 'greeter' are not sent"));
    assertThat(this.requested).isZero();
  }

  private static SocketAddress remote() {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1}), 1);
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private void apply(CallCredentials applied, @Nullable SocketAddress remote, SecurityLevel level) {
    Attributes attributes = remote == null
        ? Attributes.EMPTY
        : Attributes.newBuilder().set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, remote).build();
    applied.applyRequestMetadata(
        new Request(attributes, level), Runnable::run, new CallCredentials.MetadataApplier() {
          @Override
          public void apply(Metadata headers) {
            TokenCredentialsTest.this.results.add(String.valueOf(headers.get(AUTHORIZATION)));
          }

          @Override
          public void fail(Status status) {
            TokenCredentialsTest.this.results.add(
                status.getCode() + ": " + status.getDescription());
          }
        });
  }

  /** Ends a call that was made with the credentials. */
  private void end(Status status) {
    this.credentials
        .observe(new EndedCall(status))
        .start(new ClientCall.Listener<>() {}, new Metadata());
  }

  private static final class CallerThreads implements TokenCache.Threads {

    @Override
    public void run(Runnable request) {
      request.run();
    }

    @Override
    public void schedule(Runnable task, Duration delay) {}
  }

  private static final class EndedCall extends ClientCall<String, String> {

    private final Status status;

    EndedCall(Status status) {
      this.status = status;
    }

    @Override
    public void start(Listener<String> listener, Metadata headers) {
      listener.onClose(this.status, new Metadata());
    }

    @Override
    public void request(int messages) {}

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {}

    @Override
    public void halfClose() {}

    @Override
    public void sendMessage(String message) {}
  }

  private static final class Request extends CallCredentials.RequestInfo {

    private final Attributes attributes;

    private final SecurityLevel level;

    Request(Attributes attributes, SecurityLevel level) {
      this.attributes = attributes;
      this.level = level;
    }

    @Override
    public MethodDescriptor<?, ?> getMethodDescriptor() {
      return HealthGrpc.getCheckMethod();
    }

    @Override
    public CallOptions getCallOptions() {
      return CallOptions.DEFAULT;
    }

    @Override
    public SecurityLevel getSecurityLevel() {
      return this.level;
    }

    @Override
    public String getAuthority() {
      return "greeter";
    }

    @Override
    public Attributes getTransportAttrs() {
      return this.attributes;
    }
  }
}
