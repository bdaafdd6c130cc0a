// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import io.grpc.CallOptions;
import io.grpc.Channel;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Optional;
import org.springframework.beans.BeanUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Creates a stub of a generated class. Generated code has a static factory method for each kind of
 * stub in the enclosing class ({@code newStub}, {@code newBlockingV2Stub}, ...); its return type
 * identifies it. Other generators give their stubs a public constructor.
 */
@FunctionalInterface
interface StubMaker {

  Object make(Channel channel);

  static Optional<StubMaker> find(Class<?> type) {
    return factoryMethod(type).or(() -> constructor(type));
  }

  /** Finds the factory method for stubs of a type in its enclosing class. */
  static Optional<Method> method(Class<?> type) {
    Class<?> service = type.getEnclosingClass();
    if (service == null) {
      return Optional.empty();
    }
    return Arrays.stream(service.getMethods())
        .filter(method -> Modifier.isStatic(method.getModifiers()))
        .filter(method -> method.getReturnType() == type)
        .filter(method -> Arrays.equals(method.getParameterTypes(), new Class<?>[] {Channel.class}))
        .findFirst();
  }

  private static Optional<StubMaker> factoryMethod(Class<?> type) {
    return method(type).map(method -> {
      ReflectionUtils.makeAccessible(method);
      return channel -> {
        Object stub = ReflectionUtils.invokeMethod(method, null, channel);
        if (stub == null) {
          throw new IllegalStateException(method + " returned no stub");
        }
        return stub;
      };
    });
  }

  private static Optional<StubMaker> constructor(Class<?> type) {
    Constructor<?> plain = ClassUtils.getConstructorIfAvailable(type, Channel.class);
    if (plain != null) {
      return Optional.of(channel -> BeanUtils.instantiateClass(plain, channel));
    }
    Constructor<?> full =
        ClassUtils.getConstructorIfAvailable(type, Channel.class, CallOptions.class);
    if (full != null) {
      return Optional.of(channel -> BeanUtils.instantiateClass(full, channel, CallOptions.DEFAULT));
    }
    return Optional.empty();
  }
}
