// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.clientconn.ClientConnBuilder;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Binds the settings that the README and the pages show, and reads their XML and JSON. */
class ConfigurationSnippetsTest {

  /** Without TLS, which would need the bundles of the examples. */
  @Test
  void everyYamlBlockMakesChannels() {
    List<CodeBlock> blocks = CodeBlock.in("yaml").stream()
        .filter(block -> Pattern.compile("(?m)^grpc:").matcher(block.text()).find())
        .toList();

    assertThat(blocks).hasSizeGreaterThan(9);
    blocks.forEach(block -> makeChannels(block, new SettingsFixture().yaml(block.text())));
  }

  @Test
  void everyPropertiesBlockMakesChannels() throws Exception {
    for (CodeBlock block : CodeBlock.in("properties")) {
      Properties properties = new Properties();
      properties.load(new StringReader(block.text()));
      String[] pairs = properties.stringPropertyNames().stream()
          .flatMap(name -> List.of(name, properties.getProperty(name)).stream())
          .toArray(String[]::new);
      makeChannels(block, new SettingsFixture().properties(pairs));
    }
  }

  @Test
  void everyEnvironmentVariableIsRead() {
    Map<String, Object> variables = new TreeMap<>();
    for (CodeBlock block : CodeBlock.in("shell")) {
      Pattern.compile("(?m)^(GRPC_CLIENT_\\w+)=(.*)$")
          .matcher(block.text())
          .results()
          .forEach(variable -> variables.put(variable.group(1), variable.group(2)));
    }

    assertThat(variables).isNotEmpty();
    new SettingsFixture().variables(variables).checkKeys();
  }

  /** All JSON but what grpc-xds reads, and that of the Actuator page, which another test reads. */
  @Test
  void everyServiceConfigIsOne() {
    List<CodeBlock> blocks = CodeBlock.in("json").stream()
        .filter(block -> !block.page().endsWith("actuator.md"))
        .filter(block -> !block.text().contains("xds_servers"))
        .toList();

    assertThat(blocks).isNotEmpty();
    for (CodeBlock block : blocks) {
      String config = block.text().replaceAll("(?m)^", "        ");
      makeChannels(block, new SettingsFixture().yaml("""
          grpc:
            client:
              targets:
                greeter:
                  address: localhost:9090
                  service-config:
          """ + config.replaceAll("(?m)^", "  ")));
    }
  }

  /** Of this project, the modules; of others, only that the text is XML. */
  @Test
  void everyXmlBlockNamesModulesThatExist() throws Exception {
    List<CodeBlock> blocks = CodeBlock.in("xml");
    assertThat(blocks).isNotEmpty();
    for (CodeBlock block : blocks) {
      String xml = "<block>" + block.text().replaceFirst("<\\?xml.*?\\?>", "") + "</block>";
      Document document = DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
      for (int i = 0; i < document.getElementsByTagName("groupId").getLength(); i++) {
        Element group = (Element) document.getElementsByTagName("groupId").item(i);
        if (group.getTextContent().equals("dev.clientconn")) {
          Element artifact = (Element) ((Element) group.getParentNode())
              .getElementsByTagName("artifactId")
              .item(0);
          Path module = Path.of("..", artifact.getTextContent().replace("clientconn-", ""));
          assertThat(Files.exists(module.resolve("pom.xml")))
              .as("%s: a module %s", block.at(), module)
              .isTrue();
        }
      }
    }
  }

  private static void makeChannels(CodeBlock block, SettingsFixture fixture) {
    assertThatCode(() -> {
          fixture.checkKeys();
          List<String> names = fixture.targets().names();
          assertThat(names).isNotEmpty();
          names.forEach(name -> build(fixture.settings(name)));
        })
        .as(block.at())
        .doesNotThrowAnyException();
  }

  private static void build(TargetSettings settings) {
    // Only a discovery client of Spring Cloud, or grpc-xds, resolves these addresses.
    String address = settings.address().replaceFirst("^(discovery|xds):///.*", "localhost:1");
    ClientConnBuilder builder = ClientConnBuilder.forTarget(address);
    new SettingsMapper(settings, builder).apply();
    new ProxyMapper(settings, builder, new TlsConfigurer(null)).apply();
    new ServiceConfigMapper(settings, builder).apply();
    builder.build().shutdownNow();
  }
}
