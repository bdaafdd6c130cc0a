// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.clientconn.boot.autoconfigure.settings.GrpcClientSettings;
import java.beans.PropertyDescriptor;
import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.BeanUtils;
import org.springframework.core.io.support.SpringFactoriesLoader;

class GrpcClientRuntimeHintsTest {

  private final RuntimeHints hints = registered();

  private static RuntimeHints registered() {
    RuntimeHints hints = new RuntimeHints();
    SpringFactoriesLoader.forResourceLocation("META-INF/spring/aot.factories")
        .load(RuntimeHintsRegistrar.class)
        .stream()
        .filter(GrpcClientRuntimeHints.class::isInstance)
        .forEach(registrar -> registrar.registerHints(hints, null));
    return hints;
  }

  /** By their names, so that a class which is new is not forgotten. */
  private static List<Class<?>> settings() {
    return Stream.concat(
            Stream.of(GrpcClientProperties.class, GrpcClientProperties.Target.class),
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages(GrpcClientSettings.class.getPackageName())
                    .stream()
                    .filter(type -> type.getSimpleName().endsWith("Settings"))
                    .map(JavaClass::reflect)
                    .filter(type -> BeanUtils.getPropertyDescriptors(type).length > 1))
        .filter(type -> java.lang.reflect.Modifier.isPublic(type.getModifiers()))
        .toList();
  }

  @Test
  void everyPropertyOfEveryGroupCanBeReadAndWrittenInANativeImage() {
    assertThat(settings()).hasSizeGreaterThan(15);
    assertThat(settings()).allSatisfy(group -> {
      assertThat(RuntimeHintsPredicates.reflection()
              .onType(group)
              .withMemberCategory(MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS))
          .accepts(this.hints);
      for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(group)) {
        assertInvocable(property.getReadMethod());
        assertInvocable(property.getWriteMethod());
      }
    });
  }

  private void assertInvocable(Method accessor) {
    if (accessor != null && accessor.getDeclaringClass() != Object.class) {
      assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(accessor))
          .as(accessor.toString())
          .accepts(this.hints);
    }
  }
}
