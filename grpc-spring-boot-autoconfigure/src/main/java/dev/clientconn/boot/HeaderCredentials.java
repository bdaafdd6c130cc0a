// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import io.grpc.CallCredentials;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Sends metadata as credentials. */
abstract class HeaderCredentials extends CallCredentials {

  /** Sends the same metadata with every call. */
  static final class Fixed extends HeaderCredentials {

    private final Metadata headers;

    Fixed(Metadata headers) {
      this.headers = headers;
    }

    @Override
    public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
      applier.apply(this.headers);
    }
  }

  /** Asks a supplier for the metadata of each call; the supplier may block. */
  static final class Changing extends HeaderCredentials {

    private final Supplier<Metadata> headers;

    Changing(Supplier<Metadata> headers) {
      this.headers = headers;
    }

    @Override
    public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
      // What the executor throws ends the call, see the contract of the channel.
      executor.execute(Context.current().wrap(() -> respond(applier)));
    }

    private void respond(MetadataApplier applier) {
      Metadata supplied;
      try {
        supplied = this.headers.get();
      } catch (StatusRuntimeException failure) {
        applier.fail(failure.getStatus());
        return;
      } catch (Throwable failure) {
        applier.fail(Status.UNAUTHENTICATED
            .withDescription("The supplier of the call credentials threw: " + failure)
            .withCause(failure));
        return;
      }
      applier.apply(supplied);
    }
  }
}
