// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import io.grpc.ClientInterceptor;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.generate.GenerationContext;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.aot.BeanRegistrationCode;
import org.springframework.beans.factory.aot.BeanRegistrationCodeFragments;
import org.springframework.beans.factory.aot.BeanRegistrationCodeFragmentsDecorator;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.javapoet.CodeBlock;

/**
 * Adds to the generated code of injected clients the attributes that distinguish them, and
 * reflection hints for what is called by reflection: the factory methods of stubs, which {@link
 * StubMaker} calls, and the constructors of interceptors.
 */
final class GrpcClientBeanAotProcessor implements BeanRegistrationAotProcessor {

  @Override
  public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
    RootBeanDefinition definition = bean.getMergedBeanDefinition();
    if (!GrpcClientBeanDefinition.FACTORY_BEAN.equals(definition.getFactoryBeanName())) {
      return null;
    }
    return new Contribution(bean.getBeanClass(), definition.getAttribute("interceptors"));
  }

  private static void register(RuntimeHints hints, Class<?> type) {
    hints.reflection().registerType(type, MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS);
    StubMaker.method(type).ifPresent(method -> {
      Optional.ofNullable(type.getEnclosingClass())
          .ifPresent(service -> hints.reflection().registerType(service));
      hints.reflection().registerMethod(method, ExecutableMode.INVOKE);
    });
  }

  private static void registerInterceptors(RuntimeHints hints, Class<?>[] types) {
    for (Class<?> type : types) {
      if (ClientInterceptor.class.isAssignableFrom(type)) {
        hints.reflection().registerType(type, MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
      }
    }
  }

  /**
   * Contributes to the code of one client. {@link BeanRegistrationAotContribution#concat} would
   * drop the code fragments.
   */
  private record Contribution(Class<?> type, @Nullable Object interceptors)
      implements BeanRegistrationAotContribution {

    @Override
    public BeanRegistrationCodeFragments customizeBeanRegistrationCodeFragments(
        GenerationContext context, BeanRegistrationCodeFragments fragments) {
      return new AllAttributes(fragments);
    }

    @Override
    public void applyTo(GenerationContext context, BeanRegistrationCode code) {
      register(context.getRuntimeHints(), this.type);
      if (this.interceptors instanceof Class<?>[] types) {
        registerInterceptors(context.getRuntimeHints(), types);
      }
    }
  }

  /** Keeps the attributes of the bean definition that belong to the annotation. */
  private static final class AllAttributes extends BeanRegistrationCodeFragmentsDecorator {

    AllAttributes(BeanRegistrationCodeFragments delegate) {
      super(delegate);
    }

    @Override
    public CodeBlock generateSetBeanDefinitionPropertiesCode(
        GenerationContext context,
        BeanRegistrationCode code,
        RootBeanDefinition definition,
        Predicate<String> attributes) {
      return super.generateSetBeanDefinitionPropertiesCode(
          context, code, definition, attributes.or(GrpcClientBeanDefinition.ATTRIBUTES::contains));
    }
  }
}
