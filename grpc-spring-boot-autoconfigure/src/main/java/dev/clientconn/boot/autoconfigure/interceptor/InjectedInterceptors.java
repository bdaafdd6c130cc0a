// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.interceptor;

import io.grpc.ClientInterceptor;
import java.util.List;

/**
 * Holds the interceptors that {@link dev.clientconn.boot.GrpcClient} names for one client.
 *
 * @param types the classes
 * @param names the bean names
 * @param sort whether all interceptors of the client are sorted together
 */
public record InjectedInterceptors(
    List<Class<? extends ClientInterceptor>> types, List<String> names, boolean sort) {

  /** A client that names no interceptors. */
  public static final InjectedInterceptors NONE =
      new InjectedInterceptors(List.of(), List.of(), false);

  /**
   * Whether the annotation has its default attributes.
   *
   * @return true if it names no interceptors
   */
  public boolean isNone() {
    return this.types.isEmpty() && this.names.isEmpty() && !this.sort;
  }
}
