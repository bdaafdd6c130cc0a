// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import io.grpc.Channel;
import io.grpc.stub.AbstractStub;

/**
 * Creates stubs of types that have neither a static factory method in the class around them nor a
 * constructor with a channel. Beans of this type are asked in their order, before the starter looks
 * for a method or constructor.
 */
public interface StubFactory {

  /**
   * Creates a stub. An exception thrown here fails the creation of the bean.
   *
   * @param stubType the class of the stub
   * @param channel the channel of the target
   * @return a stub of this class
   */
  AbstractStub<?> createStub(Class<? extends AbstractStub<?>> stubType, Channel channel);

  /**
   * Tests whether this factory creates stubs of a type.
   *
   * @param stubType the class of the stub
   * @return whether {@link #createStub} can be called with it
   */
  boolean isApplicable(Class<? extends AbstractStub<?>> stubType);
}
