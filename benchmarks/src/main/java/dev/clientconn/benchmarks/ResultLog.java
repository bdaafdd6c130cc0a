// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file that results are appended to as they come, one JSON object a line, so that none is lost.
 */
final class ResultLog {

  private static final Gson GSON = new Gson();

  private final @Nullable Path file;

  /**
   * @param file null keeps nothing
   */
  ResultLog(@Nullable Path file) {
    this.file = file;
  }

  /**
   * What a file holds.
   *
   * @param headings what {@link #begin} wrote: more than one when several commands have appended to
   *     it
   * @param results in the order they came
   */
  record Contents(List<String> headings, List<Result> results) {}

  /** Says what the results that follow are of. */
  void begin(String heading) throws IOException {
    JsonObject line = new JsonObject();
    line.addProperty("heading", heading);
    append(line.toString());
  }

  void append(Result result) throws IOException {
    append(GSON.toJson(result));
  }

  static Contents read(Path file) throws IOException {
    List<String> headings = new ArrayList<>();
    List<Result> results = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      JsonObject object = GSON.fromJson(line, JsonObject.class);
      if (object.has("heading")) {
        headings.add(object.get("heading").getAsString());
      } else {
        results.add(GSON.fromJson(object, Result.class));
      }
    }
    return new Contents(headings, results);
  }

  private void append(String line) throws IOException {
    if (file != null) {
      Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }
}
