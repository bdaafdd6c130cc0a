// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.json.JsonMapper;

/** Runs an application with Actuator on a web server, and sends requests to it. */
final class EndpointApplication implements AutoCloseable {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static final JsonMapper JSON = new JsonMapper();

  final ConfigurableApplicationContext context;

  private final String port;

  private EndpointApplication(ConfigurableApplicationContext context, String port) {
    this.context = context;
    this.port = port;
  }

  /**
   * Starts an application whose endpoint is exposed.
   *
   * @param configuration a configuration class of the test, or {@link Plain}
   */
  static EndpointApplication start(
      WebApplicationType type, Class<?> configuration, String... properties) {
    List<String> all = new ArrayList<>(List.of(
        "server.port=0",
        "spring.main.banner-mode=off",
        "management.endpoints.web.exposure.include=grpcclients"));
    all.addAll(List.of(properties));
    ConfigurableApplicationContext context = new SpringApplicationBuilder(configuration)
        .web(type)
        .properties(all.toArray(String[]::new))
        .run();
    String separate = context.getEnvironment().getProperty("local.management.port");
    return new EndpointApplication(
        context,
        separate == null
            ? context.getEnvironment().getRequiredProperty("local.server.port")
            : separate);
  }

  /** A response. */
  record Response(int status, String body) {

    @SuppressWarnings("unchecked")
    Map<String, Object> json() {
      return JSON.readValue(this.body, Map.class);
    }

    /** Returns the value at a path of keys; null if there is none. */
    @Nullable
    Object at(String... path) {
      @Nullable Object value = json();
      for (String key : path) {
        value = value instanceof Map<?, ?> object
            ? object.get(key)
            : value instanceof List<?> list ? list.get(Integer.parseInt(key)) : null;
      }
      return value;
    }
  }

  /** Gets a path below {@code /actuator/grpcclients}. */
  Response get(String path) {
    return send(request(path).GET().build());
  }

  /** Posts JSON to a path below {@code /actuator/grpcclients}. */
  Response post(String path, String json) {
    return send(request(path)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(json))
        .build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://localhost:" + this.port + "/actuator/grpcclients" + path));
  }

  private static Response send(HttpRequest request) {
    try {
      HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
      return new Response(response.statusCode(), response.body());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  @Override
  public void close() {
    this.context.close();
  }

  /** An application without beans of its own. */
  @SpringBootConfiguration
  @EnableAutoConfiguration
  static class Plain {}
}
