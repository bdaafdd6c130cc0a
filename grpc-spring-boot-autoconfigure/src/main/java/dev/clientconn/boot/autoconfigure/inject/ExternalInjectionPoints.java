// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.MergedAnnotations;

/**
 * Finds {@link dev.clientconn.boot.GrpcClient} in a class that is not a bean, such as a test class,
 * so that its clients are defined too. Two objects are equal if they need the same clients.
 */
public final class ExternalInjectionPoints {

  private static final Log logger = LogFactory.getLog(ExternalInjectionPoints.class);

  private static final String BEAN_NAME = ExternalInjectionPoints.class.getName();

  private static final ExternalInjectionPoints NONE = new ExternalInjectionPoints(Map.of(), null);

  /** By name: the class belongs to Spring's test support, which an application does not have. */
  private static final String REPLACEMENT =
      "org.springframework.test.context.bean.override.BeanOverride";

  private final Map<List<Object>, ClientInjectionPoint> points;

  private final @Nullable MisplacedGrpcClientException mistake;

  private ExternalInjectionPoints(
      Map<List<Object>, ClientInjectionPoint> points,
      @Nullable MisplacedGrpcClientException mistake) {
    this.points = points;
    this.mistake = mistake;
  }

  /**
   * Searches a class, its superclasses, and for an inner class the classes around it.
   *
   * @param type the class that will be injected into
   * @return the injection points, or empty if there are none. A misplaced annotation is reported at
   *     the start of the application.
   */
  public static Optional<ExternalInjectionPoints> find(Class<?> type) {
    Map<List<Object>, ClientInjectionPoint> points = new LinkedHashMap<>();
    ClientInjectionPointScanner scanner =
        new ClientInjectionPointScanner(point -> points.putIfAbsent(point.key(), point));
    MisplacedGrpcClientException mistake = null;
    try {
      for (Class<?> level = type; level != null; level = around(level)) {
        scanner.scan(level);
      }
    } catch (MisplacedGrpcClientException misplaced) {
      mistake = misplaced;
    }
    return points.isEmpty() && mistake == null
        ? Optional.empty()
        : Optional.of(new ExternalInjectionPoints(points, mistake));
  }

  private static @Nullable Class<?> around(Class<?> type) {
    return Modifier.isStatic(type.getModifiers()) ? null : type.getEnclosingClass();
  }

  /**
   * Adds the injection points to a context that has not been refreshed. Code that is made ahead
   * of time contains the clients instead.
   *
   * @param beanFactory the bean factory of the context
   */
  public void addTo(ConfigurableListableBeanFactory beanFactory) {
    beanFactory.registerSingleton(BEAN_NAME, this);
  }

  /** Returns what was added to a context. */
  static ExternalInjectionPoints in(ConfigurableListableBeanFactory beanFactory) {
    return beanFactory.getSingleton(BEAN_NAME) instanceof ExternalInjectionPoints points
        ? points
        : NONE;
  }

  /**
   * Returns the injection points.
   *
   * @throws MisplacedGrpcClientException if the annotation is in a place where Spring does not
   *     inject
   */
  Map<List<Object>, ClientInjectionPoint> points() {
    if (this.mistake != null) {
      throw this.mistake;
    }
    return this.points;
  }

  /** Returns the injection points that need a client: those that are not optional. */
  List<ClientInjectionPoint> required() {
    return this.points.values().stream()
        .filter(point -> hasPlainType(point.place(), point.type()))
        .toList();
  }

  private static boolean hasPlainType(Object place, Class<?> type) {
    return place instanceof Field field
        ? field.getType() == type
        : place instanceof Executable executable
            && Arrays.asList(executable.getParameterTypes()).contains(type);
  }

  /**
   * Warns of each {@code @MockitoBean} and the like that replaces a client which no bean uses: the
   * application then calls the real server.
   *
   * @param ofBeans the injection points of the beans
   */
  void warnOfUnusedReplacements(Map<List<Object>, ClientInjectionPoint> ofBeans) {
    this.points.forEach((key, point) -> {
      boolean replaces = point.place() instanceof Field field
          && MergedAnnotations.from(field).isPresent(REPLACEMENT);
      if (replaces && !ofBeans.containsKey(key)) {
        logger.warn(point.describe()
            + " replaces a client that no bean injects. Name and type must be equal to those of an"
            + " injection point, in spelling too. Beans inject: " + list(ofBeans.values()));
      }
    });
  }

  private static String list(Collection<ClientInjectionPoint> points) {
    return points.isEmpty()
        ? "no clients."
        : points.stream()
            .map(point ->
                "@GrpcClient(\"%s\") %s".formatted(point.value(), point.type().getSimpleName()))
            .sorted()
            .collect(Collectors.joining(", ", "", "."));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ExternalInjectionPoints that
        && that.points.keySet().equals(this.points.keySet())
        && Objects.equals(that.mistake, this.mistake);
  }

  @Override
  public int hashCode() {
    return this.points.keySet().hashCode();
  }
}
