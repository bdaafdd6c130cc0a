// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.credentials;

import io.grpc.CallCredentials;
import io.grpc.Grpc;
import io.grpc.SecurityLevel;
import io.grpc.Status;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Sends credentials only with TLS, or to this machine: over a loopback address or a unix socket.
 * Other calls end with UNAUTHENTICATED.
 */
public final class EncryptedCredentials extends CallCredentials {

  private final String target;

  private final CallCredentials credentials;

  /**
   * Creates the credentials.
   *
   * @param target the name of the target, for messages
   * @param credentials the credentials to send
   */
  public EncryptedCredentials(String target, CallCredentials credentials) {
    this.target = target;
    this.credentials = credentials;
  }

  @Override
  public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
    SocketAddress remote = info.getTransportAttrs().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    if (info.getSecurityLevel() == SecurityLevel.PRIVACY_AND_INTEGRITY || isLocal(remote)) {
      this.credentials.applyRequestMetadata(info, executor, applier);
    } else {
      applier.fail(Status.UNAUTHENTICATED.withDescription(
          ("The credentials of the gRPC target '%s' are not sent without TLS to %s."
                  + " Use TLS, or set credentials.allow-plaintext")
              .formatted(this.target, remote)));
    }
  }

  private static boolean isLocal(@Nullable SocketAddress remote) {
    if (remote instanceof InetSocketAddress internet) {
      InetAddress address = internet.getAddress();
      return address != null && address.isLoopbackAddress();
    }
    // A unix socket.
    return remote != null;
  }
}
