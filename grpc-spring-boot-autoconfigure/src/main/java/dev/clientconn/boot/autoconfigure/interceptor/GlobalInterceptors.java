// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.interceptor;

/** Selects the interceptor beans that are applied to all clients. */
public enum GlobalInterceptors {
  /** All beans, except those with {@link dev.clientconn.boot.GrpcLocalClientInterceptor}. */
  ALL,

  /**
   * The beans with {@link dev.clientconn.boot.GrpcGlobalClientInterceptor}, or with the annotation
   * of Spring gRPC or of net.devh's starter for the same purpose.
   */
  ANNOTATED
}
