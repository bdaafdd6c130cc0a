// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.boot.autoconfigure.ChannelStates;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.HealthServer;
import dev.clientconn.transport.WaitCause;
import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.servlet.function.RouterFunction;

@ExtendWith(OutputCaptureExtension.class)
class GrpcClientPageAutoConfigurationTest {

  private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(
      GrpcClientAutoConfiguration.class,
      GrpcClientPageAutoConfiguration.class,
      GrpcClientPageNoticeAutoConfiguration.class);

  private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
      .withConfiguration(CONFIGURATIONS)
      .withPropertyValues("grpc.client.targets.greeter.address=localhost:1");

  private final WebApplicationContextRunner enabled =
      this.runner.withPropertyValues("grpc.client.page.enabled=true");

  @Test
  void pageIsOffByDefault() {
    this.runner.run(context -> assertThat(context)
        .doesNotHaveBean(SnapshotStream.class)
        .doesNotHaveBean(RouterFunction.class));
  }

  @Test
  void pageCanBeSwitchedOn(CapturedOutput output) {
    this.enabled.run(
        context -> assertThat(context).hasSingleBean(RouterFunction.class).hasNotFailed());
    assertThat(output).doesNotContain("grpc.client.page.enabled");
  }

  @Test
  void pageIsServedWithLazyInitialization() {
    this.enabled
        .withInitializer(context ->
            context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
        .run(context ->
            assertThat(context.getBean(SnapshotStream.class).hasRoom()).isTrue());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev/clientconn/boot/autoconfigure/page/index.html",
        "dev/clientconn/boot/autoconfigure/page/page.js",
        "META-INF/resources/webjars/uplot/1.6.30/dist/uPlot.esm.js"
      })
  void filesAreInNativeImages(String file) {
    RuntimeHints hints = new RuntimeHints();
    new PageRuntimeHints().registerHints(hints, null);

    assertThat(RuntimeHintsPredicates.resource().forResource(file)).accepts(hints);
  }

  @Test
  void pageHasItsOwnFilesWithoutTheLibraryOfCharts() {
    ClassLoader all = getClass().getClassLoader();
    ClassLoader withoutCharts = new ClassLoader(all) {
      @Override
      public Enumeration<URL> getResources(String name) throws IOException {
        return name.contains("uplot") ? Collections.emptyEnumeration() : super.getResources(name);
      }
    };

    assertThat(new PageResources(all).names()).contains("index.html", "uPlot.esm.js");
    assertThat(new PageResources(withoutCharts).names())
        .contains("index.html", "charts.js")
        .doesNotContain("uPlot.esm.js", "uPlot.min.css");
  }

  @Test
  void pageIsOffWithTheClients() {
    this.enabled
        .withPropertyValues("grpc.client.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(SnapshotStream.class));
  }

  @Test
  void pageNeedsSpringMvc(CapturedOutput output) {
    this.enabled
        .withClassLoader(new FilteredClassLoader(RouterFunction.class))
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("grpcClientPageStream"));
    assertThat(output).contains("grpc.client.page.enabled is true, but the page is not served");
  }

  @Test
  void reactiveApplicationIsWarned(CapturedOutput output) {
    new ReactiveWebApplicationContextRunner()
        .withConfiguration(CONFIGURATIONS)
        .withPropertyValues("grpc.client.page.enabled=true")
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(SnapshotStream.class));
    assertThat(output).contains("grpc.client.page.enabled is true, but the page is not served");
  }

  @Test
  void applicationWithoutWebServerIsWarned(CapturedOutput output) {
    new ApplicationContextRunner()
        .withConfiguration(CONFIGURATIONS)
        .withPropertyValues("grpc.client.page.enabled=true")
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(SnapshotStream.class));
    assertThat(output).contains("grpc.client.page.enabled is true, but the page is not served");
  }

  @ParameterizedTest
  @ValueSource(strings = {"clients", "/", "", "/a b", "/{name}", "/a/**", "/a//b", "/ä"})
  void pathThatCannotBeUsedFailsTheStart(String path) {
    this.enabled
        .withPropertyValues("grpc.client.page.path=" + path)
        .run(context -> assertThat(context)
            .getFailure()
            .rootCause()
            .hasMessageContaining("grpc.client.page.path")
            .hasMessageContaining("such as /grpc-clients"));
  }

  @Test
  void slashAtTheEndOfThePathDoesNotMatter() {
    assertThat(PagePath.check("/ops/clients/")).isEqualTo("/ops/clients");
  }

  @Test
  void slowCallsHaveTheirCauses() {
    try (HealthServer server = HealthServer.start()) {
      this.enabled
          .withPropertyValues("grpc.client.targets.greeter.address=" + server.address())
          .run(context -> {
            HealthGrpc.newBlockingStub(context.getBean(Channel.class))
                .check(HealthCheckRequest.getDefaultInstance());
            ChannelStates.await(ConnectivityState.READY, context.getBean(ManagedChannel.class));

            Map<String, Object> target = target(
                context.getBean(ClientConnRegistry.class),
                context.getBean(SlowCallsByTarget.class));

            assertThat(target).containsEntry("name", "greeter").containsEntry("state", "READY");
            assertThat(list(target, "connections")).singleElement().satisfies(connection -> {
              assertThat(connection).containsEntry("state", "READY");
              assertThat(connection).containsKeys("remote", "active", "limit", "sendWindow");
            });
            assertThat(target).containsKey("slowCalls");
            assertThat(target.get("waits"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsKey(WaitCause.SERVER.id());
          });
    }
  }

  @Test
  void channelThatCannotBeReadIsShownSo() {
    ClientConnRegistry broken = () -> {
      Map<String, dev.clientconn.ClientConn> channels = new java.util.HashMap<>();
      channels.put("</script><script>", null);
      return channels;
    };

    assertThat(target(broken, new SlowCallsByTarget()))
        .containsEntry("name", "</script><script>")
        .containsKey("unreadable");
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> target(ClientConnRegistry clients, SlowCallsByTarget calls) {
    String json = new PageSnapshot(() -> clients, calls).get();
    assertThat(json).doesNotContain("\n");
    Map<String, Object> parsed = JsonParserFactory.getJsonParser().parseMap(json);
    assertThat((List<String>) parsed.get("causes")).contains("stream_slot").hasSize(11);
    return list(parsed, "targets").get(0);
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> list(Map<String, Object> target, String key) {
    return (List<Map<String, Object>>) Objects.requireNonNull(target.get(key));
  }
}
