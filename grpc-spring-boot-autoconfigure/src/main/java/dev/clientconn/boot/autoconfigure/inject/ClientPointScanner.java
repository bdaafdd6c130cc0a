// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import dev.clientconn.boot.GrpcClient;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds the places in bean classes that ask for clients: fields, setters, and parameters of
 * constructors and methods, of {@code @Bean} methods among them.
 */
final class ClientPointScanner {

  private static final Set<String> PROVIDERS =
      Set.of("jakarta.inject.Provider", "javax.inject.Provider");

  private final Consumer<ClientPoint> found;

  private final Set<Class<?>> seen = new HashSet<>();

  /**
   * Most annotations are of few types, and looking for meta-annotations costs more than all else.
   */
  private final Map<Class<? extends Annotation>, Boolean> asking = new HashMap<>();

  ClientPointScanner(Consumer<ClientPoint> found) {
    this.found = found;
  }

  /**
   * Looks at the class of a bean.
   *
   * @throws MisplacedGrpcClientException if the annotation stands where Spring does not inject
   */
  void scan(Class<?> beanClass) {
    Class<?> type = ClassUtils.getUserClass(beanClass);
    if (!mayAsk(type) || !this.seen.add(type)) {
      return;
    }
    for (Class<?> each = type; each != null && mayAsk(each); each = each.getSuperclass()) {
      Class<?> level = each;
      readable(() -> ReflectionUtils.doWithLocalFields(level, field -> visit(field, type)));
      readable(() -> ReflectionUtils.doWithLocalMethods(level, method -> visit(method, type)));
    }
    readable(() -> {
      for (Constructor<?> constructor : type.getDeclaredConstructors()) {
        visitParameters(constructor, type);
      }
    });
  }

  /**
   * What cannot be introspected cannot be injected into either; its bean's creation will say why.
   */
  private static void readable(Runnable look) {
    try {
      look.run();
    } catch (IllegalStateException | LinkageError missingClasses) {
      return;
    }
  }

  private static boolean mayAsk(Class<?> type) {
    return !Proxy.isProxyClass(type)
        && !type.getName().startsWith("java.")
        && !type.getName().startsWith("org.springframework.");
  }

  private void visit(Field field, Class<?> beanClass) {
    MergedAnnotation<GrpcClient> client = client(field.getDeclaredAnnotations());
    if (client != null) {
      rejectStatic(client, field);
      add(client, ResolvableType.forField(field, beanClass), field, field);
    }
  }

  private void visit(Method method, Class<?> beanClass) {
    // Spring calls no method without @Bean, @Autowired or the like, so its parameters do not
    // matter;
    // and to read their annotations costs most.
    Annotation[] annotations = method.getDeclaredAnnotations();
    if (annotations.length == 0 || method.isBridge()) {
      return;
    }
    MergedAnnotation<GrpcClient> client = client(annotations);
    if (client == null) {
      visitParameters(method, beanClass);
      return;
    }
    rejectStatic(client, method);
    if (method.getParameterCount() != 1) {
      throw MisplacedGrpcClientException.onMethod(
          value(client), method, method.getParameterCount());
    }
    add(client, ResolvableType.forMethodParameter(method, 0, beanClass), method, method);
  }

  private void visitParameters(Executable executable, Class<?> beanClass) {
    if (executable.getParameterCount() == 0
        || Arrays.stream(executable.getParameterAnnotations()).allMatch(each -> each.length == 0)) {
      return;
    }
    for (int i = 0; i < executable.getParameterCount(); i++) {
      // Not Executable.getParameterAnnotations: for inner classes it leaves some out.
      MethodParameter parameter = MethodParameter.forExecutable(executable, i);
      MergedAnnotation<GrpcClient> client = client(parameter.getParameterAnnotations());
      if (client != null) {
        ResolvableType type =
            ResolvableType.forMethodParameter(parameter.withContainingClass(beanClass));
        boolean lazy = parameter.hasParameterAnnotation(Lazy.class);
        add(client, type, executable, lazy ? parameter.getParameter() : executable);
      }
    }
  }

  private @Nullable MergedAnnotation<GrpcClient> client(Annotation[] annotations) {
    for (Annotation annotation : annotations) {
      if (this.asking.computeIfAbsent(annotation.annotationType(), ClientPointScanner::isClient)) {
        return MergedAnnotations.from(annotations).get(GrpcClient.class);
      }
    }
    return null;
  }

  private static boolean isClient(Class<? extends Annotation> type) {
    return type == GrpcClient.class || MergedAnnotations.from(type).isPresent(GrpcClient.class);
  }

  private static <M extends Member> void rejectStatic(
      MergedAnnotation<GrpcClient> client, M place) {
    if (Modifier.isStatic(place.getModifiers())) {
      throw MisplacedGrpcClientException.onStatic(value(client), place);
    }
  }

  private void add(
      MergedAnnotation<GrpcClient> client,
      ResolvableType type,
      Object place,
      AnnotatedElement lazyAt) {
    ResolvableType wanted = type;
    while (isWrapper(wanted.resolve(Object.class))) {
      wanted = wanted.getGeneric(0);
    }
    ClientPoint point = new ClientPoint(value(client), wanted.resolve(Object.class), place);
    boolean proxied = !isWrapper(type.resolve(Object.class))
        && !lazyAt.isAnnotationPresent(Bean.class)
        && lazyAt.isAnnotationPresent(Lazy.class)
        && Modifier.isFinal(point.type().getModifiers());
    if (proxied) {
      throw MisplacedGrpcClientException.lazy(point);
    }
    this.found.accept(point);
  }

  private static String value(MergedAnnotation<GrpcClient> client) {
    return client.getString(MergedAnnotation.VALUE);
  }

  private static boolean isWrapper(Class<?> type) {
    return type == Optional.class
        || ObjectFactory.class.isAssignableFrom(type)
        || PROVIDERS.contains(type.getName());
  }
}
