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
 * Asks a call's credentials for their metadata and takes the one answer, inline or from any thread
 * later.
 */
@CrossesThreads
final class CredentialsApplier extends CallCredentials.MetadataApplier {
  private final CallAttempt attempt;
  private final AtomicBoolean answered = new AtomicBoolean();

  CredentialsApplier(CallAttempt attempt) {
    this.attempt = attempt;
  }

  void ask(CallCredentials credentials, CallPlan plan, Request request) {
    Context previous = plan.context().attach();
    try {
      credentials.applyRequestMetadata(request, plan.environment().offloadExecutor(), this);
    } catch (Throwable t) {
      if (answered.compareAndSet(false, true)) {
        attempt.onCredentialsFailed(Status.UNAUTHENTICATED
            .withDescription("The call credentials threw where they should call fail(): " + t)
            .withCause(t));
      }
    } finally {
      plan.context().detach(previous);
    }
  }

  @Override
  public void apply(Metadata headers) {
    answer();
    if (headers == null) {
      attempt.onCredentialsFailed(unusable("applied null in place of metadata"));
    } else {
      attempt.onCredentials(headers);
    }
  }

  @Override
  public void fail(Status status) {
    answer();
    boolean usable = status != null && !status.isOk();
    attempt.onCredentialsFailed(
        usable ? forDataPlane(status) : unusable("failed with status " + status));
  }

  private void answer() {
    if (!answered.compareAndSet(false, true)) {
      throw new IllegalStateException("apply() or fail() was already called");
    }
  }

  private static Status unusable(String answer) {
    return Status.INTERNAL.withDescription("The call credentials " + answer);
  }

  /** Codes that only a server may send to an application are not passed on (gRFC A54). */
  private static Status forDataPlane(Status status) {
    return switch (status.getCode()) {
      case INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          FAILED_PRECONDITION,
          ABORTED,
          OUT_OF_RANGE,
          DATA_LOSS ->
        Status.INTERNAL
            .withDescription("The call credentials failed with a code that only servers may use: "
                + status.getCode() + " " + status.getDescription())
            .withCause(status.getCause());
      default -> status;
    };
  }

  /** What the credentials are told of the call. */
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

    /** grpc-java's attribute for this is internal to it; a TLS session says the same. */
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
