// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import io.grpc.stub.AbstractStub;

/**
 * Changes the call options of injected stubs. Beans of this type are called in their order, once
 * for each stub that {@link GrpcClient} or {@link GrpcClientBean} creates; injected channels stay
 * as they are.
 */
@FunctionalInterface
public interface StubTransformer {

  /**
   * Transforms one stub with its {@code with...} methods. An exception thrown here fails the
   * creation of the stub.
   *
   * @param name the configured name of the target, or its address if it has no name
   * @param stub the stub
   * @return a stub of the same class
   */
  AbstractStub<?> transform(String name, AbstractStub<?> stub);
}
