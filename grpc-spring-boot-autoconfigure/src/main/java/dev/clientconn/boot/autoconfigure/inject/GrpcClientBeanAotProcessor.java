// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;

/**
 * Adds reflection hints for the factory methods of injected stubs, which {@link StubMaker} calls.
 */
final class GrpcClientBeanAotProcessor implements BeanRegistrationAotProcessor {

  @Override
  public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
    if (!GrpcClientBeanRegistrar.FACTORY_BEAN.equals(
        bean.getMergedBeanDefinition().getFactoryBeanName())) {
      return null;
    }
    Class<?> type = bean.getBeanClass();
    return (context, code) -> register(context.getRuntimeHints(), type);
  }

  private static void register(RuntimeHints hints, Class<?> type) {
    hints.reflection().registerType(type, MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS);
    StubMaker.method(type).ifPresent(method -> {
      Optional.ofNullable(type.getEnclosingClass())
          .ifPresent(service -> hints.reflection().registerType(service));
      hints.reflection().registerMethod(method, ExecutableMode.INVOKE);
    });
  }
}
