// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConnBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Applies what calls of a target need beside their connection: credentials, metadata, compression,
 * the deadline, and where callbacks run.
 *
 * @param credentials creates the credentials of targets
 * @param codecs the codecs of the application
 * @param beans the beans that properties name
 * @param virtualThreads where callbacks run, or null for the threads of the library
 */
record CallSupport(
    TargetCredentials credentials,
    CodecRegistries codecs,
    BeanReferences beans,
    @Nullable CallbackThreads virtualThreads) {

  void apply(TargetSettings settings, TransportSecurity security, ClientConnBuilder builder) {
    new CallDefaultsMapper(settings, builder)
        .apply(
            this.credentials.of(settings, security),
            this.codecs,
            this.beans,
            this.virtualThreads == null ? null : this.virtualThreads.executor());
  }
}
