// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.report;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Appends results to a file as they come, one JSON object a line, and reads such a file. */
public final class ResultFile {

  private static final Gson GSON = new Gson();

  private final @Nullable Path file;

  /**
   * Opens nothing yet.
   *
   * @param file null to write nothing
   */
  public ResultFile(@Nullable Path file) {
    this.file = file;
  }

  /**
   * What a file holds.
   *
   * @param headings what {@link #begin} wrote, once for each command that appended to the file
   * @param results in the order they came
   */
  public record Contents(List<String> headings, List<Result> results) {}

  /** Appends the machine and the command that the following results belong to. */
  public void begin(String heading) throws IOException {
    JsonObject line = new JsonObject();
    line.addProperty("heading", heading);
    append(line.toString());
  }

  public void append(Result result) throws IOException {
    append(GSON.toJson(result));
  }

  public static Contents read(Path file) throws IOException {
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
