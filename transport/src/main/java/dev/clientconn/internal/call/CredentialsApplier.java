// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Asks a call's credentials for their metadata and passes their one response on, inline or later
 * from any thread. A second response throws, as the contract of credentials demands.
 */
@CrossesThreads
abstract class CredentialsApplier extends CallCredentials.MetadataApplier {
  private static final String SERVER_CODE =
      "The call credentials failed with a code that only servers may use";

  private final AtomicBoolean responded = new AtomicBoolean();

  /** The credentials have supplied this. Any thread; at most one of the two is called, once. */
  abstract void onMetadata(Metadata metadata);

  abstract void onFailure(Status status);

  /** Calls the credentials, which may respond before this returns. */
  final void ask(CallCredentials credentials, CallPlan plan, Request request) {
    Context previous = plan.context().attach();
    try {
      credentials.applyRequestMetadata(request, plan.environment().offloadExecutor(), this);
    } catch (Throwable t) {
      // It may have responded before it threw: then that response counts.
      if (responded.compareAndSet(false, true)) {
        onFailure(Status.UNAUTHENTICATED
            .withDescription("The call credentials threw where they should call fail(): " + t)
            .withCause(t));
      }
    } finally {
      plan.context().detach(previous);
    }
  }

  @Override
  public final void apply(Metadata headers) {
    checkFirst();
    if (headers == null) {
      onFailure(unusable("applied null in place of metadata"));
    } else {
      onMetadata(headers);
    }
  }

  @Override
  public final void fail(Status status) {
    checkFirst();
    // OK would close the call as a success that has no response.
    boolean usable = status != null && !status.isOk();
    onFailure(
        usable
            ? ControlPlaneStatus.replaceServerCode(status, SERVER_CODE)
            : unusable("failed with status " + status));
  }

  private void checkFirst() {
    if (!responded.compareAndSet(false, true)) {
      throw new IllegalStateException("apply() or fail() was already called");
    }
  }

  private static Status unusable(String problem) {
    return Status.INTERNAL.withDescription("The call credentials " + problem);
  }

  /** Describes the call to its credentials. */
  static final class Request extends CallCredentials.RequestInfo {
    private final CallPlan plan;
    private final String authority;
    private final Attributes transportAttributes;

    Request(CallPlan plan, String authority, Attributes transportAttributes) {
      this.plan = plan;
      this.authority = authority;
      this.transportAttributes = transportAttributes;
    }

    @Override
    public MethodDescriptor<?, ?> getMethodDescriptor() {
      return plan.getMethodDescriptor();
    }

    @Override
    public CallOptions getCallOptions() {
      return plan.getCallOptions();
    }

    /** By the TLS session: grpc-java's attribute for the level is internal to it. */
    @Override
    public SecurityLevel getSecurityLevel() {
      return transportAttributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION) == null
          ? SecurityLevel.NONE
          : SecurityLevel.PRIVACY_AND_INTEGRITY;
    }

    @Override
    public String getAuthority() {
      return authority;
    }

    @Override
    public Attributes getTransportAttrs() {
      return transportAttributes;
    }
  }
}
