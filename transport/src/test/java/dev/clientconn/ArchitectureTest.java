// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.concurrent.SyncContextConfined;
import org.junit.jupiter.api.Test;

/** Checks which package may use which, and that shared state is where it is marked. */
class ArchitectureTest {

  private static final String BASE = "dev.clientconn";
  private static final JavaClasses MAIN = new ClassFileImporter()
      .withImportOption(new ImportOption.DoNotIncludeTests())
      .importPackages(BASE);

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.clientconn.internal.(**)").should().beFreeOfCycles().check(MAIN);
    slices().matching("dev.clientconn.internal.(*)..").should().beFreeOfCycles().check(MAIN);
    slices().matching("dev.(clientconn..)").should().beFreeOfCycles().check(MAIN);
  }

  /** Each package with the packages it may use, their sub-packages included. */
  @Test
  void packagesDependDownwardsOnly() {
    mayUse(
        "internal.channel",
        "internal.resolver",
        "internal.serviceconfig",
        "internal.call",
        "internal.telemetry",
        "internal.transport",
        "internal.concurrent",
        "transport");
    mayUse("internal.telemetry", "internal.transport", "internal.concurrent", "transport");
    mayUse("internal.resolver", "internal.concurrent", "transport");
    mayUse("internal.serviceconfig", "internal.concurrent");
    mayUse(
        "internal.call",
        "internal.serviceconfig",
        "internal.transport",
        "internal.message",
        "internal.concurrent",
        "transport");
    mayUse(
        "internal.http2",
        "internal.transport",
        "internal.message",
        "internal.wire",
        "internal.flow",
        "internal.concurrent",
        "transport");
    mayUse("internal.http2.connect", "internal.transport", "internal.concurrent", "transport");
    mayUse(
        "internal.http2.frame",
        "internal.http2.hpack",
        "internal.message",
        "internal.wire",
        "internal.concurrent");
    mayUse("internal.http2.hpack", "internal.wire", "internal.concurrent");
    mayUse(
        "internal.wire",
        "internal.transport",
        "internal.message",
        "internal.concurrent",
        "transport");
    mayUse("internal.transport", "internal.message", "internal.concurrent", "transport");
    mayUse("internal.message", "internal.concurrent");
    mayUse("internal.flow", "internal.concurrent");
    mayUse("internal.concurrent");
    mayUse("transport");
  }

  @Test
  void onlyTheTransportKnowsNetty() {
    noClasses()
        .that()
        .resideInAnyPackage(
            BASE + ".internal.channel..",
            BASE + ".internal.resolver..",
            BASE + ".internal.serviceconfig..",
            BASE + ".internal.call..",
            BASE + ".internal.telemetry..",
            BASE + ".internal.transport..",
            BASE + ".internal.flow..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .check(MAIN);
  }

  /** Large messages are written where the socket reads them. */
  @Test
  void messagesKnowOnlyNettysBuffers() {
    noClasses()
        .that()
        .resideInAPackage(BASE + ".internal.message..")
        .should()
        .dependOnClassesThat(resideInAPackage("io.netty..")
            .and(not(resideInAnyPackage("io.netty.buffer..", "io.netty.util.."))))
        .check(MAIN);
  }

  @Test
  void flowIsArithmeticOnly() {
    noClasses()
        .that()
        .resideInAPackage(BASE + ".internal.flow..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.netty..", "io.grpc..")
        .check(MAIN);
  }

  @Test
  void internalsOfGrpcJavaAndItsNettyTransportAreNotUsed() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.grpc.internal..", "io.grpc.netty..")
        .check(MAIN);
  }

  @Test
  void whatSeveralThreadsShareIsMarked() {
    classes()
        .that(DescribedPredicate.not(describedAsCrossing()))
        .should(holdNoSharedState())
        .check(MAIN);
  }

  @Test
  void noClassHasTwoOwners() {
    classes()
        .that()
        .areAnnotatedWith(EventLoopConfined.class)
        .should()
        .notBeAnnotatedWith(CrossesThreads.class)
        .andShould()
        .notBeAnnotatedWith(SyncContextConfined.class)
        .check(MAIN);
  }

  @Test
  void confinedClassesTakeNoLocks() {
    noClasses()
        .that()
        .areAnnotatedWith(EventLoopConfined.class)
        .or()
        .areAnnotatedWith(SyncContextConfined.class)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.util.concurrent.locks..", "java.util.concurrent.atomic..")
        .check(MAIN);
  }

  private static void mayUse(String layer, String... lower) {
    String[] allowed = new String[lower.length + 1];
    for (int i = 0; i < lower.length; i++) {
      allowed[i] = BASE + "." + lower[i];
    }
    allowed[lower.length] = BASE + "." + layer;
    noClasses()
        .that()
        .resideInAPackage(BASE + "." + layer + "..")
        .should()
        .dependOnClassesThat(ours(allowed))
        .check(MAIN);
  }

  private static DescribedPredicate<JavaClass> ours(String... except) {
    return DescribedPredicate.describe("are ours and above " + except[except.length - 1], c -> {
      if (!c.getPackageName().startsWith(BASE)) {
        return false;
      }
      for (String allowed : except) {
        if ((c.getPackageName() + ".").startsWith(allowed + ".")) {
          return false;
        }
      }
      return true;
    });
  }

  private static DescribedPredicate<JavaClass> describedAsCrossing() {
    return DescribedPredicate.describe("cross threads", ArchitectureTest::crosses);
  }

  /** A nested class is what the class around it is. */
  private static boolean crosses(JavaClass c) {
    return c.isAnnotatedWith(CrossesThreads.class)
        || c.getEnclosingClass().map(ArchitectureTest::crosses).orElse(false);
  }

  private static ArchCondition<JavaClass> holdNoSharedState() {
    return new ArchCondition<>("hold no volatile field, atomic, lock or synchronized method") {
      @Override
      public void check(JavaClass c, ConditionEvents events) {
        for (JavaField field : c.getFields()) {
          String type = field.getRawType().getPackageName();
          if (field.getModifiers().contains(JavaModifier.VOLATILE)
              || type.equals("java.util.concurrent.atomic")
              || type.equals("java.util.concurrent.locks")) {
            events.add(SimpleConditionEvent.violated(c, field.getFullName() + " is shared state"));
          }
        }
        c.getMethods().stream()
            .filter(m -> m.getModifiers().contains(JavaModifier.SYNCHRONIZED))
            .forEach(m ->
                events.add(SimpleConditionEvent.violated(c, m.getFullName() + " is synchronized")));
      }
    };
  }
}
