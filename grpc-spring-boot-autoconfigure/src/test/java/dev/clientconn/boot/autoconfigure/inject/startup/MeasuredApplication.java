// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject.startup;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;

/** The application of the benchmark. It starts, prints what that took, and ends. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@ComponentScan(BeanSources.PACKAGE)
class MeasuredApplication {

  /** Begins the line that {@link ScanBenchmark} reads. */
  static final String RESULT = "result ";

  /** Property that switches {@link ReflectionWarmUp} on. */
  static final String WARM_UP = "scan.warm-up";

  @Bean
  @ConditionalOnBooleanProperty(WARM_UP)
  static ReflectionWarmUp reflectionWarmUp() {
    return new ReflectionWarmUp();
  }

  public static void main(String[] args) {
    StepCpuTimes times = new StepCpuTimes("grpcClientBeanRegistrar");
    SpringApplication application = new SpringApplication(MeasuredApplication.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    application.setApplicationStartup(times);
    try (ConfigurableApplicationContext context = application.run(args)) {
      OperatingSystemMXBean system =
          (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      System.out.println(RESULT
          + TimeUnit.NANOSECONDS.toMicros(times.nanos())
          + " "
          + TimeUnit.NANOSECONDS.toMicros(system.getProcessCpuTime())
          + " "
          + context.getBeanDefinitionCount());
    }
  }
}
