// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.telemetry;

import io.grpc.Attributes;
import io.grpc.NameResolver;
import org.jspecify.annotations.Nullable;

/**
 * Reads which backend service an address belongs to (gRFC A94), from the attribute of newer
 * versions of grpc-api where they have it, else from that of older ones.
 */
final class BackendService {
  private static final Attributes.@Nullable Key<String> KEY = newerKey();

  private BackendService() {}

  @SuppressWarnings("unchecked") // the type of the constant
  private static Attributes.@Nullable Key<String> newerKey() {
    try {
      return (Attributes.Key<String>) Class.forName("io.grpc.InternalEquivalentAddressGroup")
          .getField("ATTR_BACKEND_SERVICE")
          .get(null);
    } catch (ReflectiveOperationException | ClassCastException | LinkageError absent) {
      return null;
    }
  }

  /** Returns the name, empty if the address has none. */
  static String of(Attributes address) {
    String name = KEY == null ? null : address.get(KEY);
    if (name == null) {
      name = address.get(NameResolver.ATTR_BACKEND_SERVICE);
    }
    return name == null ? "" : name;
  }
}
