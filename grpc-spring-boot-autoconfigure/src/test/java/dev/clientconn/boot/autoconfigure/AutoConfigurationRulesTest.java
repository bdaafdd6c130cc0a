// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.annotation.Bean;

/** Checks the rules that Spring Boot has for its own auto-configurations. */
class AutoConfigurationRulesTest {

  private static final JavaClasses OURS = new ClassFileImporter()
      .withImportOption(new ImportOption.DoNotIncludeTests())
      .importPackages("dev.clientconn.boot");

  @Test
  void autoConfigurationsArePublicAndFinal() {
    classes()
        .that()
        .areAnnotatedWith(AutoConfiguration.class)
        .should()
        .bePublic()
        .andShould()
        .haveModifier(JavaModifier.FINAL)
        .andShould()
        .haveSimpleNameEndingWith("AutoConfiguration")
        .check(OURS);
  }

  @Test
  void autoConfigurationsHaveNoPublicMembers() {
    methods()
        .that()
        .areDeclaredInClassesThat()
        .areAnnotatedWith(AutoConfiguration.class)
        .should()
        .notBePublic()
        .check(OURS);
    fields()
        .that()
        .areDeclaredInClassesThat()
        .areAnnotatedWith(AutoConfiguration.class)
        .should()
        .notBePublic()
        .allowEmptyShould(true)
        .check(OURS);
  }

  @Test
  void postProcessorsComeFromStaticMethods() {
    methods()
        .that()
        .areAnnotatedWith(Bean.class)
        .and()
        .haveRawReturnType(com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(
            BeanFactoryPostProcessor.class))
        .should()
        .beStatic()
        .check(OURS);
  }

  @Test
  void allAutoConfigurationsAreListedInOrder() {
    List<String> written = OURS.stream()
        .filter(each -> each.isAnnotatedWith(AutoConfiguration.class))
        .map(each -> each.getName())
        .sorted()
        .toList();
    List<String> listed =
        ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader())
            .getCandidates()
            .stream()
            .filter(each -> each.startsWith("dev.clientconn"))
            .toList();
    assertThat(listed).isEqualTo(written);
  }

  @Test
  void onlyMetricsAndObservationKnowMicrometer() {
    noClasses()
        .that()
        .resideOutsideOfPackages("..metrics..", "..observation..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.micrometer..")
        .check(OURS);
  }

  @Test
  void settingsDependOnNoOtherPackageOfTheStarter() {
    noClasses()
        .that()
        .resideInAPackage("dev.clientconn.boot.autoconfigure.settings")
        .should()
        .dependOnClassesThat(com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage(
                "dev.clientconn..")
            .and(com.tngtech.archunit.base.DescribedPredicate.not(
                com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage(
                    "dev.clientconn.boot.autoconfigure.settings"))))
        .check(OURS);
  }

  @Test
  void nothingTouchesInternalsOfTheTransport() {
    noClasses()
        .should()
        .dependOnClassesThat(
            com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage(
                    "dev.clientconn.internal..", "io.grpc.internal..")
                .and(com.tngtech.archunit.base.DescribedPredicate.not(
                    com.tngtech.archunit.core.domain.JavaClass.Predicates.type(
                        CrossesThreads.class))))
        .check(OURS);
  }

  @Test
  void volatileFieldsLiveInClassesThatCrossThreads() {
    fields()
        .that()
        .haveModifier(JavaModifier.VOLATILE)
        .should()
        .beDeclaredInClassesThat()
        .areAnnotatedWith(CrossesThreads.class)
        .check(OURS);
  }
}
