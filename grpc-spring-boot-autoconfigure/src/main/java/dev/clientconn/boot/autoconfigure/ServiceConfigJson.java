// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.clientconn.boot.autoconfigure.ServiceConfigFile.UnusableException;
import dev.clientconn.boot.autoconfigure.ServiceConfigKeys.Kind;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a service config from JSON, with the types that gRPC uses: every number is a double. It is
 * strict in what each JSON reader accepts differently (RFC 8259), and refuses keys and nulls that
 * would have no effect.
 *
 * <p>Gson comes with grpc-core, and is the reader that names lines and columns.
 */
final class ServiceConfigJson {

  private static final String NO_OBJECT = "The file has no JSON object: ";

  /** The end of each of Gson's messages; its documentation follows in another line. */
  private static final Pattern LOCATION =
      Pattern.compile("^(.*?) at (line \\d+ column \\d+) path (\\S*)", Pattern.MULTILINE);

  private final JsonReader json;

  private ServiceConfigJson(JsonReader json) {
    this.json = json;
  }

  static Map<String, Object> read(String text) throws UnusableException {
    if (!text.stripLeading().startsWith("{")) {
      throw new UnusableException(NO_OBJECT + "it does not begin with '{'.");
    }
    try (JsonReader json = new JsonReader(new StringReader(text))) {
      json.setStrictness(Strictness.STRICT);
      Map<String, Object> config = new ServiceConfigJson(json).object(ServiceConfigKeys.ROOT);
      // Fails if anything follows the object.
      JsonToken end = json.peek();
      assert end == JsonToken.END_DOCUMENT;
      return config;
    } catch (IOException malformed) {
      throw new UnusableException(NO_OBJECT + explain(String.valueOf(malformed.getMessage())));
    }
  }

  private static String explain(String message) {
    Matcher location = LOCATION.matcher(message);
    if (!location.find()) {
      return message.lines().findFirst().orElse("") + ".";
    }
    String where = "%s, in %s".formatted(location.group(2), location.group(3));
    // Gson recommends to its caller to be lenient, without a reason.
    return location.group(1).startsWith("Use JsonReader")
        ? "there is an error at %s. JSON has no comments, single quotes, missing quotes or"
                .formatted(where)
            + " commas before a bracket, and nothing may follow the object."
        : "%s at %s.".formatted(location.group(1), where);
  }

  private @Nullable Object value(ServiceConfigKeys place) throws IOException, UnusableException {
    JsonToken token = this.json.peek();
    return switch (token) {
      case BEGIN_OBJECT -> object(place);
      case BEGIN_ARRAY -> array(place);
      case NUMBER -> this.json.nextDouble();
      case BOOLEAN -> this.json.nextBoolean();
      case NULL -> nothing(place);
      default -> this.json.nextString();
    };
  }

  private Map<String, Object> object(ServiceConfigKeys place)
      throws IOException, UnusableException {
    Map<String, Object> object = new LinkedHashMap<>();
    String path = path();
    this.json.beginObject();
    while (this.json.hasNext()) {
      String name = this.json.nextName();
      // The keys of JSON have one spelling. Unknown keys would have no effect.
      ServiceConfigKeys.Key key = place.find(name);
      if (key == null || !key.name().equals(name)) {
        throw new UnusableException(unknown(path, name, place));
      }
      if (object.containsKey(name)) {
        throw new UnusableException("There are two keys '%s' %s.".formatted(name, where(path)));
      }
      object.put(name, value(key.place()));
    }
    this.json.endObject();
    return object;
  }

  private List<Object> array(ServiceConfigKeys place) throws IOException, UnusableException {
    List<Object> array = new ArrayList<>();
    this.json.beginArray();
    while (this.json.hasNext()) {
      array.add(value(place.element()));
    }
    this.json.endArray();
    return array;
  }

  /** Only the provider of a load-balancing policy may have a meaning for null. */
  private @Nullable Object nothing(ServiceConfigKeys place) throws IOException, UnusableException {
    if (place.kind() != Kind.ANY) {
      throw new UnusableException(
          "The value of %s in the file is null, which has no effect. Write a".formatted(path())
              + " value, or remove it.");
    }
    this.json.nextNull();
    return null;
  }

  private static String unknown(String path, String key, ServiceConfigKeys place) {
    String instead = place
        .nearest(key)
        .map("Did you mean '%s'?"::formatted)
        .orElse("Known keys: " + String.join(", ", place.names()) + ".");
    return "There is no key '%s' %s. %s".formatted(key, where(path), instead);
  }

  private static String where(String path) {
    return path.isEmpty() ? "in the file" : "in " + path + " of the file";
  }

  /** The path without Gson's '$' for the top. */
  private String path() {
    return this.json.getPath().replaceFirst("^\\$\\.?", "");
  }
}
