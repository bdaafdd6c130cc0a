// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Checks the page with Spring Security's defaults, and below a context path. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class PageApplicationTest {

  private final HttpClient http = HttpClient.newHttpClient();

  @LocalServerPort
  private int port;

  @ParameterizedTest
  @ValueSource(strings = {"/", "/page.js", "/events"})
  void strangerSeesNothing(String path) throws Exception {
    assertThat(send(request(path)).statusCode()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/page.js", "/page.css"})
  void userSeesThePage(String path) throws Exception {
    HttpResponse<InputStream> response = send(loggedIn(request(path)));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
    assertThat(response.headers().allValues("Content-Security-Policy")).hasSize(1);
  }

  @Test
  void addressWithoutSlashLeadsToThePage() throws Exception {
    HttpResponse<InputStream> response = send(loggedIn(request("")));

    assertThat(response.statusCode()).isEqualTo(302);
    URI address =
        response.uri().resolve(response.headers().firstValue("Location").orElseThrow());
    assertThat(address.getPath()).isEqualTo("/shop/ops/clients/");
  }

  @Test
  void userReceivesSnapshots() throws Exception {
    HttpResponse<InputStream> response = send(loggedIn(request("/events")));

    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      assertThat(lines.lines().filter(line -> line.startsWith("data:")).findFirst())
          .get()
          .asString()
          .contains("\"name\":\"prices\"");
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://localhost:" + port + "/shop/ops/clients" + path));
  }

  private static HttpRequest.Builder loggedIn(HttpRequest.Builder request) {
    String login =
        Base64.getEncoder().encodeToString("operator:secret".getBytes(StandardCharsets.UTF_8));
    return request.header("Authorization", "Basic " + login);
  }

  private HttpResponse<InputStream> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
  }
}
