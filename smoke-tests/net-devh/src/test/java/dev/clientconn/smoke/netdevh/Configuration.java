// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.netdevh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;

/** Starts an application with its old or its new configuration. */
public enum Configuration {
  /** As it was written for net.devh's starter, with the line that the recipe adds. */
  OLD,

  /** As the start prints it. */
  NEW;

  private static final String PRINTED = "Write instead:\n\n";

  public ConfigurableApplicationContext run(Class<?> application, String... properties) {
    Stream<String> own = Stream.of(
        "spring.config.location=file:" + file(application).getParent() + "/",
        "grpc.client.migration=" + (this == OLD ? "translate" : "fail"));
    return new SpringApplicationBuilder(application)
        .web(WebApplicationType.NONE)
        .run(Stream.concat(own, Arrays.stream(properties))
            .map(property -> "--" + property)
            .toArray(String[]::new));
  }

  private Path file(Class<?> application) {
    String name = application.getPackageName().replaceAll(".*\\.", "");
    return this == OLD
        ? Path.of("before", name, "src/main/resources/application.yml")
        : Path.of("src/main/resources", name, "application.yml");
  }

  /**
   * Checks that the new configuration is the old one with the printed lines in place of the old
   * keys, and that they were printed once.
   */
  public void assertPrinted(Class<?> application, CharSequence output) {
    assertThat(output.toString().split(PRINTED, -1)).hasSize(this == OLD ? 2 : 1);
    if (this == OLD) {
      String text = output.toString();
      String yaml = text.substring(text.indexOf(PRINTED) + PRINTED.length())
          .lines()
          .takeWhile(line -> line.startsWith("    "))
          .collect(Collectors.joining("\n"))
          .stripIndent();
      Properties expected = properties(new FileSystemResource(OLD.file(application)));
      expected.keySet().removeIf(key -> key.toString().startsWith("grpc.client."));
      expected.putAll(properties(new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8))));
      assertThat(properties(new FileSystemResource(NEW.file(application)))).isEqualTo(expected);
    }
  }

  private static Properties properties(Resource yaml) {
    YamlPropertiesFactoryBean factory = new YamlPropertiesFactoryBean();
    factory.setResources(yaml);
    Properties properties = new Properties();
    factory.getObject().forEach((key, value) -> properties.put(key, value.toString()));
    return properties;
  }
}
