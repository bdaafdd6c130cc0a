// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.Executor;

/** Sends credentials only on connections with TLS. */
final class PrivacyCredentials extends CallCredentials {

  private final CallCredentials credentials;

  private final boolean required;

  PrivacyCredentials(CallCredentials credentials, boolean required) {
    this.credentials = credentials;
    this.required = required;
  }

  @Override
  public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
    if (CallCredentialsHelper.isPrivacyGuaranteed(info.getSecurityLevel())) {
      this.credentials.applyRequestMetadata(info, executor, applier);
    } else if (this.required) {
      applier.fail(Status.UNAUTHENTICATED.withDescription(
          "The call credentials require TLS, and the connection has none"));
    } else {
      applier.apply(new Metadata());
    }
  }
}
