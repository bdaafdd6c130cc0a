// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.autoconfigure.HealthServer;
import dev.clientconn.boot.autoconfigure.actuator.EndpointApplication.Plain;
import dev.clientconn.boot.autoconfigure.actuator.GrpcClientsEndpoint.ClientList;
import dev.clientconn.transport.ChannelTotals;
import dev.clientconn.transport.ClientConnSnapshot;
import dev.clientconn.transport.SnapshotJson;
import dev.clientconn.transport.StreamSnapshot;
import dev.clientconn.transport.TransportEvent;
import dev.clientconn.transport.TransportSnapshot;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import tools.jackson.databind.json.JsonMapper;

/** Compares docs/actuator.md with what the endpoint returns. */
class ActuatorPageTest {

  private static final Path PAGE = Path.of("..", "docs", "actuator.md");

  /** The objects that the table of fields has rows of their own for. */
  private static final Map<Class<?>, String> OBJECTS = objects();

  private final String page = read();

  private static Map<Class<?>, String> objects() {
    Map<Class<?>, String> objects = new LinkedHashMap<>();
    objects.put(ClientConnSnapshot.class, "snapshot");
    objects.put(ClientConnSnapshot.Subchannel.class, "subchannels[]");
    objects.put(TransportSnapshot.class, "connections[]");
    objects.put(TransportSnapshot.Counters.class, "counters");
    objects.put(ChannelTotals.class, "totals");
    objects.put(TransportEvent.class, "events[]");
    objects.put(StreamSnapshot.class, "streams[]");
    return objects;
  }

  private static String read() {
    try {
      return Files.readString(PAGE);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Test
  void examplesHaveTheFieldsOfResponses() {
    List<Map<?, ?>> examples = new ArrayList<>();
    Matcher blocks = Pattern.compile("(?ms)^```json\n(.*?)^```$").matcher(this.page);
    while (blocks.find()) {
      examples.add(new JsonMapper().readValue(blocks.group(1), Map.class));
    }

    assertThat(examples).hasSize(4);
    assertThat(differences(examples.get(0), ClientProblem.class)).isEmpty();
    assertThat(differences(examples.get(1), ClientList.class)).isEmpty();
    assertThat(differences(examples.get(2), ClientDescription.class)).isEmpty();
    assertThat(differences(Map.of("streams", examples.get(3)), ClientDescription.class))
        .isEmpty();
    assertThat(examples.get(1).toString()).contains("failure", "limit", "waits");
  }

  @Test
  void responsesHaveTheFieldsOfThePage() {
    try (HealthServer server = HealthServer.start();
        EndpointApplication application = EndpointApplication.start(
            WebApplicationType.SERVLET,
            Plain.class,
            "grpc.client.targets.greeter.address=" + server.address())) {
      HealthGrpc.newBlockingStub(application.context.getBean(ClientConn.class))
          .check(HealthCheckRequest.getDefaultInstance());

      assertThat(differences(application.get("").json(), ClientList.class)).isEmpty();
      assertThat(
              differences(application.get("/greeter?streams=true").json(), ClientDescription.class))
          .isEmpty();
      ClientConnSnapshot snapshot =
          application.context.getBean(ClientConn.class).snapshot();
      assertThat(json(new JsonMapper().writeValueAsString(SnapshotTree.of(snapshot))))
          .as("the JSON form of the transport")
          .isEqualTo(json(SnapshotJson.of(snapshot)));
      assertThat(application.get("/greeter").json().keySet())
          .containsExactlyInAnyOrder("name", "snapshot", "configuration", "interceptors");
    }
  }

  private static Object json(String text) {
    return new JsonMapper().readValue(text, Object.class);
  }

  @Test
  void everyFieldIsInTheTable() {
    List<String> fields = new ArrayList<>();
    OBJECTS.forEach((type, object) -> {
      for (Map.Entry<?, ?> field : ((Map<?, ?>) ResponseShape.of(type)).entrySet()) {
        collect("| `" + object + "` | `", String.valueOf(field.getKey()), field.getValue(), fields);
      }
    });
    List<String> rows = this.page
        .lines()
        .map(Pattern.compile("(\\| `[a-z]+(\\[])?` \\| `[^`]+` \\| [a-z]+) \\|.*")::matcher)
        .filter(Matcher::matches)
        .map(row -> row.group(1))
        .toList();

    assertThat(rows)
        .as("rows of the table 'Fields' in docs/actuator.md, from the records of the transport")
        .containsExactlyInAnyOrderElementsOf(fields);
  }

  private static void collect(
      String start, String path, @Nullable Object shape, List<String> into) {
    if (isObject(shape)) {
      into.add(start + path + "` | object");
    } else if (shape instanceof List<?> element && isObject(element.get(0))) {
      into.add(start + path + "` | objects");
    } else if (shape instanceof List<?> element) {
      collect(start, path + "[]", element.get(0), into);
    } else if (shape instanceof Map<?, ?> fields) {
      fields.forEach((key, field) -> collect(start, path + "." + key, field, into));
    } else {
      into.add(start + path + "` | " + shape);
    }
  }

  private static boolean isObject(@Nullable Object shape) {
    return OBJECTS.keySet().stream().map(ResponseShape::of).anyMatch(each -> each.equals(shape));
  }

  private static List<String> differences(Map<?, ?> json, Class<?> type) {
    return ResponseShape.differences(json, withSnapshots(ResponseShape.of(type)));
  }

  /** Puts the fields of snapshots in the place of any objects. */
  private static Object withSnapshots(Object shape) {
    if (shape instanceof Map<?, ?> fields && fields.containsKey("snapshot")) {
      Map<Object, Object> all = new LinkedHashMap<>(fields);
      all.put("snapshot", ResponseShape.of(ClientConnSnapshot.class));
      Map<Object, Object> streams = new LinkedHashMap<>((Map<?, ?>) fields.get("streams"));
      streams.put("streams", List.of(ResponseShape.of(StreamSnapshot.class)));
      all.put("streams", streams);
      return all;
    }
    return Objects.requireNonNull(shape);
  }
}
