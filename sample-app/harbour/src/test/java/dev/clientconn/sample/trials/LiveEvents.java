// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.trials;

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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.boot.json.JsonParserFactory;

/** Reads the server-sent events of the live page. */
final class LiveEvents implements AutoCloseable {

  private static final String DATA = "data:";

  private final InputStream body;

  private LiveEvents(InputStream body) {
    this.body = body;
  }

  static LiveEvents open(int port, String contextPath) throws IOException, InterruptedException {
    URI address = URI.create("http://localhost:" + port + contextPath + "/grpc-clients/events");
    HttpResponse<InputStream> response = HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    return new LiveEvents(response.body());
  }

  /** Returns the snapshots, which end with the stream. */
  Stream<Map<String, Object>> snapshots() {
    return new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))
        .lines()
        .filter(line -> line.startsWith(DATA))
        .map(line -> JsonParserFactory.getJsonParser().parseMap(line.substring(DATA.length())));
  }

  /** Returns what the snapshots show of one target. */
  @SuppressWarnings("unchecked")
  Stream<Map<String, Object>> targets(String name) {
    return snapshots()
        .map(snapshot -> Objects.requireNonNull(snapshot.get("targets")))
        .flatMap(targets -> ((List<Map<String, Object>>) targets).stream())
        .filter(target -> name.equals(target.get("name")));
  }

  @Override
  public void close() throws IOException {
    body.close();
  }
}
