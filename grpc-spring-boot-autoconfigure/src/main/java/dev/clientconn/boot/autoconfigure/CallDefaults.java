// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.autoconfigure.credentials.TokenCredentials;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sets what the properties of the target say on calls that do not say it themselves: the deadline,
 * wait-for-ready, the compression, the credentials and the metadata.
 */
record CallDefaults(
    @Nullable Duration deadline,
    boolean waitForReady,
    @Nullable String compression,
    @Nullable CallCredentials credentials,
    @Nullable DefaultMetadata metadata)
    implements ClientInterceptor {

  /** Whether there is nothing to set. */
  boolean isEmpty() {
    return this.deadline == null
        && !this.waitForReady
        && this.compression == null
        && this.credentials == null
        && this.metadata == null;
  }

  @Override
  public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
      MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
    CallOptions effective = options;
    if (this.deadline != null && options.getDeadline() == null) {
      effective = effective.withDeadlineAfter(
          TimeUnit.NANOSECONDS.convert(this.deadline), TimeUnit.NANOSECONDS);
    }
    if (this.waitForReady) {
      effective = effective.withWaitForReady();
    }
    if (this.compression != null && options.getCompressor() == null) {
      effective = effective.withCompression(this.compression);
    }
    boolean ownCredentials = this.credentials != null && options.getCredentials() == null;
    if (ownCredentials) {
      effective = effective.withCallCredentials(this.credentials);
    }
    ClientCall<ReqT, RespT> call = next.newCall(method, effective);
    if (ownCredentials && this.credentials instanceof TokenCredentials tokens) {
      call = tokens.observe(call);
    }
    return this.metadata == null ? call : this.metadata.addTo(call);
  }
}
