// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import dev.clientconn.boot.GrpcClient;
import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds the places in bean classes that ask for clients: fields, setters, and parameters of constructors and methods, of
 * {@code @Bean} methods among them.
 */
final class ClientPointScanner {

  private static final Set<String> PROVIDERS =
      Set.of("jakarta.inject.Provider", "javax.inject.Provider");

  private final Consumer<ClientPoint> found;

  private final Set<Class<?>> seen = new HashSet<>();

  ClientPointScanner(Consumer<ClientPoint> found) {
    this.found = found;
  }

  void scan(Class<?> beanClass) {
    Class<?> type = ClassUtils.getUserClass(beanClass);
    if (!mayAsk(type) || !this.seen.add(type)) {
      return;
    }
    try {
      ReflectionUtils.doWithFields(type, field -> visit(field, type));
      ReflectionUtils.doWithMethods(type, method -> visit(method, type));
      for (Constructor<?> constructor : type.getDeclaredConstructors()) {
        visitParameters(constructor, type);
      }
    } catch (IllegalStateException | LinkageError missingClasses) {
      // A class that cannot be introspected cannot be injected into either; its bean's creation
      // will say why.
      return;
    }
  }

  private static boolean mayAsk(Class<?> type) {
    return !Proxy.isProxyClass(type)
        && !type.getName().startsWith("java.")
        && !type.getName().startsWith("org.springframework.");
  }

  private void visit(Field field, Class<?> beanClass) {
    MergedAnnotation<GrpcClient> client = MergedAnnotations.from(field).get(GrpcClient.class);
    if (client.isPresent()) {
      add(client, ResolvableType.forField(field, beanClass), field);
    }
  }

  private void visit(Method method, Class<?> beanClass) {
    MergedAnnotation<GrpcClient> client = MergedAnnotations.from(method).get(GrpcClient.class);
    if (client.isPresent() && method.getParameterCount() == 1) {
      add(client, ResolvableType.forMethodParameter(method, 0, beanClass), method);
    } else {
      visitParameters(method, beanClass);
    }
  }

  private void visitParameters(Executable executable, Class<?> beanClass) {
    for (int i = 0; i < executable.getParameterCount(); i++) {
      MethodParameter parameter =
          MethodParameter.forExecutable(executable, i).withContainingClass(beanClass);
      Annotation[] annotations = parameter.getParameterAnnotations();
      if (annotations.length > 0) {
        MergedAnnotation<GrpcClient> client =
            MergedAnnotations.from(annotations).get(GrpcClient.class);
        if (client.isPresent()) {
          add(client, ResolvableType.forMethodParameter(parameter), executable);
        }
      }
    }
  }

  private void add(MergedAnnotation<GrpcClient> client, ResolvableType type, Object place) {
    ResolvableType wanted = type;
    while (isWrapper(wanted.resolve(Object.class))) {
      wanted = wanted.getGeneric(0);
    }
    String value = client.getString(MergedAnnotation.VALUE);
    this.found.accept(new ClientPoint(value, wanted.resolve(Object.class), place));
  }

  private static boolean isWrapper(Class<?> type) {
    return type == Optional.class
        || ObjectFactory.class.isAssignableFrom(type)
        || PROVIDERS.contains(type.getName());
  }
}
