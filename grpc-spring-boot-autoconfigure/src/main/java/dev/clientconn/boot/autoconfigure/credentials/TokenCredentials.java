// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.credentials;

import io.grpc.CallCredentials;
import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Sends bearer tokens of an authorization server, which {@link TokenCache} requests and keeps. No
 * thread of a call or connection waits for a token: the call is sent when the token has arrived.
 */
public final class TokenCredentials extends CallCredentials {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final TokenCache cache;

  private final @Nullable CallCredentials around;

  /**
   * Creates the credentials.
   *
   * @param cache the tokens of the target
   */
  public TokenCredentials(TokenCache cache) {
    this.cache = cache;
    this.around = null;
  }

  private TokenCredentials(TokenCache cache, CallCredentials around) {
    this.cache = cache;
    this.around = around;
  }

  /**
   * Sends the tokens only with TLS or to this machine.
   *
   * @param target the name of the target, for messages
   * @return the restricted credentials
   */
  public TokenCredentials encrypted(String target) {
    return new TokenCredentials(
        this.cache, new EncryptedCredentials(target, new TokenCredentials(this.cache)));
  }

  @Override
  public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
    if (this.around != null) {
      this.around.applyRequestMetadata(info, executor, applier);
      return;
    }
    this.cache.token((token, failure) -> {
      if (token == null) {
        applier.fail(failure);
      } else {
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + token);
        applier.apply(headers);
      }
    });
  }

  /**
   * Observes how a call ends: a token that the server rejects is not used again.
   *
   * @param call the call
   * @param <ReqT> the type of requests
   * @param <RespT> the type of responses
   * @return the call to start
   */
  public <ReqT, RespT> ClientCall<ReqT, RespT> observe(ClientCall<ReqT, RespT> call) {
    return new SimpleForwardingClientCall<>(call) {
      @Override
      public void start(Listener<RespT> listener, Metadata headers) {
        super.start(new Observer<>(listener, TokenCredentials.this.cache), headers);
      }
    };
  }

  private static final class Observer<RespT> extends SimpleForwardingClientCallListener<RespT> {

    private final TokenCache cache;

    Observer(ClientCall.Listener<RespT> listener, TokenCache cache) {
      super(listener);
      this.cache = cache;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (status.getCode() == Status.Code.UNAUTHENTICATED) {
        this.cache.drop();
      }
      super.onClose(status, trailers);
    }
  }
}
