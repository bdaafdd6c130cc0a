// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import dev.clientconn.boot.StubFactory;
import dev.clientconn.boot.StubTransformer;
import io.grpc.Channel;
import io.grpc.stub.AbstractStub;
import java.util.Optional;
import org.springframework.beans.factory.BeanFactory;

/**
 * Creates stubs: with the {@link StubFactory} beans of the application, or else as {@link
 * StubMaker} does. The {@link StubTransformer} beans change them.
 */
final class StubCreator {

  private final BeanFactory beans;

  StubCreator(BeanFactory beans) {
    this.beans = beans;
  }

  /**
   * Creates a stub.
   *
   * @param target the configured name of the target, or its address
   */
  Object create(Class<?> type, String target, Channel channel) {
    Object stub = stubFactory(type)
        .map(factory -> checked(factory.createStub(stubType(type), channel), type, factory))
        .orElseGet(() -> generated(type, channel));
    if (!(stub instanceof AbstractStub<?>)) {
      return stub;
    }
    AbstractStub<?> transformed = (AbstractStub<?>) stub;
    for (StubTransformer each :
        this.beans.getBeanProvider(StubTransformer.class).orderedStream().toList()) {
      transformed =
          (AbstractStub<?>) checked(each.transform(target, transformed), stub.getClass(), each);
    }
    return transformed;
  }

  private Optional<StubFactory> stubFactory(Class<?> type) {
    return AbstractStub.class.isAssignableFrom(type)
        ? this.beans
            .getBeanProvider(StubFactory.class)
            .orderedStream()
            .filter(factory -> factory.isApplicable(stubType(type)))
            .findFirst()
        : Optional.empty();
  }

  private static Object generated(Class<?> type, Channel channel) {
    return StubMaker.find(type)
        .orElseThrow(() -> new IllegalStateException(
            "No StubFactory bean is applicable to %s, and it has neither a factory method nor a"
                    .formatted(type.getName())
                + " constructor with a channel"))
        .make(channel);
  }

  /** The result is never null for the compiler, but it is for some beans. */
  private static Object checked(Object stub, Class<?> type, Object maker) {
    if (!type.isInstance(stub)) {
      throw new IllegalStateException("%s returned %s in place of a stub of %s"
          .formatted(
              maker.getClass().getName(),
              stub == null ? "null" : stub.getClass().getName(),
              type.getName()));
    }
    return stub;
  }

  @SuppressWarnings("unchecked")
  private static Class<? extends AbstractStub<?>> stubType(Class<?> type) {
    return (Class<? extends AbstractStub<?>>) type;
  }
}
