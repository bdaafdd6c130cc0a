// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import dev.clientconn.boot.GrpcClient;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.parsing.BeanDefinitionParsingException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.type.MethodMetadata;

/**
 * Explains {@link GrpcClient} on a {@code @Bean} method, which Spring rejects as {@code
 * @Autowired}.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
final class AnnotatedBeanMethodFailureAnalyzer
    extends AbstractFailureAnalyzer<BeanDefinitionParsingException> {

  private final @Nullable BeanFactory beans;

  AnnotatedBeanMethodFailureAnalyzer(@Nullable BeanFactory beans) {
    this.beans = beans;
  }

  @Override
  protected @Nullable FailureAnalysis analyze(
      Throwable root, BeanDefinitionParsingException cause) {
    String message = String.valueOf(cause.getMessage());
    return this.beans instanceof ConfigurableListableBeanFactory factory
            && message.contains("autowired")
        ? annotatedMethods(factory)
            .filter(method -> message.contains("'" + method.getMethodName() + "'"))
            .findFirst()
            .map(method -> explain(method, cause))
            .orElse(null)
        : null;
  }

  private static Stream<MethodMetadata> annotatedMethods(ConfigurableListableBeanFactory factory) {
    return Arrays.stream(factory.getBeanDefinitionNames())
        .map(factory::getBeanDefinition)
        .filter(AnnotatedBeanDefinition.class::isInstance)
        .map(AnnotatedBeanDefinition.class::cast)
        .flatMap(definition ->
            definition.getMetadata().getAnnotatedMethods(GrpcClient.class.getName()).stream())
        .filter(method -> method.isAnnotated(Bean.class.getName()));
  }

  private static FailureAnalysis explain(
      MethodMetadata method, BeanDefinitionParsingException cause) {
    String declared = method.getReturnTypeName() + " " + method.getMethodName();
    return new FailureAnalysis(
        ("The @Bean method '%s' of %s has @GrpcClient."
                + " The annotation injects a client, and a @Bean method does not inject.")
            .formatted(method.getMethodName(), method.getDeclaringClassName()),
        """
        Put it in front of a parameter of the method:

            @Bean
            %s(@GrpcClient("<name of the target>") Channel channel)""".formatted(declared),
        cause);
  }
}
