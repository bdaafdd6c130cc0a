// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.autoconfigure.interceptor.InjectedInterceptors;
import io.grpc.ClientInterceptor;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.ReflectionUtils.FieldCallback;
import org.springframework.util.ReflectionUtils.MethodCallback;

/**
 * Searches bean classes for {@link dev.clientconn.boot.GrpcClient}: on fields, setters, and
 * parameters of constructors and methods, {@code @Bean} methods included.
 *
 * <p>All bean classes are searched while an application starts, in a JVM that still interprets most
 * of its code. So the search reads members through {@link ReflectionUtils}, which keeps them for
 * Spring's own later reading, and creates nothing for a member without annotations.
 */
final class ClientInjectionPointScanner {

  private static final Set<String> PROVIDERS =
      Set.of("jakarta.inject.Provider", "javax.inject.Provider");

  private final Consumer<ClientInjectionPoint> found;

  private final ClientAnnotations annotations = new ClientAnnotations();

  private final Set<Class<?>> seen = new HashSet<>();

  private final FieldCallback fieldVisitor = this::visit;

  private final MethodCallback methodVisitor = this::visit;

  /** The class that is being searched; its members may be inherited. */
  private Class<?> beanClass = Object.class;

  ClientInjectionPointScanner(Consumer<ClientInjectionPoint> found) {
    this.found = found;
  }

  /**
   * Searches the class of a bean and its superclasses. Each class is searched once.
   *
   * @throws MisplacedGrpcClientException if the annotation is in a place where Spring does not
   *     inject
   */
  void scan(Class<?> type) {
    Class<?> userClass = ClassUtils.getUserClass(type);
    if (LibraryBeans.isOfLibrary(userClass) || !this.seen.add(userClass)) {
      return;
    }
    this.beanClass = userClass;
    for (Class<?> level = userClass;
        level != null && !LibraryBeans.isOfLibrary(level);
        level = level.getSuperclass()) {
      scanFields(level);
      scanMethods(level);
    }
    scanConstructors();
  }

  // A class of which a part cannot be loaded may still be usable: each kind of member is read by
  // itself, and the creation of the bean reports what is missing.

  private void scanFields(Class<?> level) {
    try {
      ReflectionUtils.doWithLocalFields(level, this.fieldVisitor);
    } catch (IllegalStateException | LinkageError unreadable) {
      return;
    }
  }

  private void scanMethods(Class<?> level) {
    try {
      ReflectionUtils.doWithLocalMethods(level, this.methodVisitor);
    } catch (IllegalStateException | LinkageError unreadable) {
      return;
    }
  }

  private void scanConstructors() {
    try {
      for (Constructor<?> constructor : this.beanClass.getDeclaredConstructors()) {
        visitParameters(constructor);
      }
    } catch (IllegalStateException | LinkageError unreadable) {
      return;
    }
  }

  private void visit(Field field) {
    GrpcClient client = this.annotations.find(field.getDeclaredAnnotations());
    if (client != null) {
      rejectStatic(client.value(), field);
      Class<?> type = field.getType();
      // The usual case: a stub by its class, without generics to resolve.
      ResolvableType wanted = field.getGenericType() == type
          ? ResolvableType.forClass(type)
          : ResolvableType.forField(field, this.beanClass);
      add(client, wanted, field, field);
    }
  }

  private void visit(Method method) {
    // Spring calls no method without @Bean, @Autowired or the like, so its parameters do not
    // matter.
    Annotation[] annotations = method.getDeclaredAnnotations();
    if (annotations.length == 0 || method.isBridge()) {
      return;
    }
    GrpcClient client = this.annotations.find(annotations);
    if (client == null) {
      visitParameters(method);
      return;
    }
    rejectStatic(client.value(), method);
    if (method.getParameterCount() != 1) {
      throw MisplacedGrpcClientException.onMethod(
          client.value(), method, method.getParameterCount());
    }
    add(client, ResolvableType.forMethodParameter(method, 0, this.beanClass), method, method);
  }

  private void visitParameters(Executable executable) {
    if (executable.getParameterCount() == 0
        || !hasAnnotations(executable.getParameterAnnotations())) {
      return;
    }
    for (int i = 0; i < executable.getParameterCount(); i++) {
      // Not Executable.getParameterAnnotations: for inner classes it leaves some out.
      MethodParameter parameter = MethodParameter.forExecutable(executable, i);
      GrpcClient client = this.annotations.find(parameter.getParameterAnnotations());
      if (client != null) {
        ResolvableType type =
            ResolvableType.forMethodParameter(parameter.withContainingClass(this.beanClass));
        boolean lazy = parameter.hasParameterAnnotation(Lazy.class);
        add(client, type, executable, lazy ? parameter.getParameter() : executable);
      }
    }
  }

  private static boolean hasAnnotations(Annotation[][] parameters) {
    for (Annotation[] annotations : parameters) {
      if (annotations.length > 0) {
        return true;
      }
    }
    return false;
  }

  private static <M extends Member> void rejectStatic(String value, M place) {
    if (Modifier.isStatic(place.getModifiers())) {
      throw MisplacedGrpcClientException.onStatic(value, place);
    }
  }

  private void add(GrpcClient client, ResolvableType type, Object place, AnnotatedElement lazyAt) {
    ResolvableType wanted = type;
    while (isWrapper(wanted.resolve(Object.class))) {
      wanted = wanted.getGeneric(0);
    }
    ClientInjectionPoint point = new ClientInjectionPoint(
        client.value(), wanted.resolve(Object.class), interceptors(client), place);
    boolean proxied = !isWrapper(type.resolve(Object.class))
        && !lazyAt.isAnnotationPresent(Bean.class)
        && lazyAt.isAnnotationPresent(Lazy.class)
        && Modifier.isFinal(point.type().getModifiers());
    if (proxied) {
      throw MisplacedGrpcClientException.lazy(point);
    }
    this.found.accept(point);
  }

  static InjectedInterceptors interceptors(GrpcClient client) {
    Class<? extends ClientInterceptor>[] types = client.interceptors();
    String[] names = client.interceptorNames();
    return types.length == 0 && names.length == 0 && !client.sortInterceptors()
        ? InjectedInterceptors.NONE
        : new InjectedInterceptors(List.of(types), List.of(names), client.sortInterceptors());
  }

  private static boolean isWrapper(Class<?> type) {
    return type == Optional.class
        || ObjectFactory.class.isAssignableFrom(type)
        || PROVIDERS.contains(type.getName());
  }
}
