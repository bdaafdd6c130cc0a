// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import io.grpc.Status;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/**
 * Rejects values of a target that are out of range, with the property that they come from and what
 * is allowed.
 */
record SettingChecks(TargetSettings settings) {

  private static final String IDENTIFIER = "[A-Za-z_][A-Za-z0-9_]*";

  private static final Pattern METHOD_OR_SERVICE =
      Pattern.compile("%1$s(\\.%1$s)*(/%1$s)?".formatted(IDENTIFIER));

  private static final List<String> CODES = Arrays.stream(Status.Code.values())
      .filter(code -> code != Status.Code.OK)
      .map(Status.Code::name)
      .toList();

  Duration positive(String leaf, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw this.settings.invalid(leaf, value, "It must be longer than zero.");
    }
    return value;
  }

  /** Returns null for zero, which removes the value of the defaults. */
  @Nullable
  Duration positiveOrNone(String leaf, Duration value) {
    if (value.isNegative()) {
      throw this.settings.invalid(leaf, value, "It must not be negative. 0 means none.");
    }
    return value.isZero() ? null : value;
  }

  Duration notNegative(String leaf, Duration value) {
    if (value.isNegative()) {
      throw this.settings.invalid(leaf, value, "It must not be negative.");
    }
    return value;
  }

  Duration atLeast(String leaf, Duration value, Duration shortest, String reason) {
    if (value.compareTo(shortest) < 0) {
      throw this.settings.invalid(leaf, value, "It must be at least " + reason + ".");
    }
    return value;
  }

  int atLeast(String leaf, int value, int smallest) {
    if (value < smallest) {
      throw this.settings.invalid(leaf, value, "It must be at least %d.".formatted(smallest));
    }
    return value;
  }

  int between(String leaf, int value, int smallest, int largest) {
    if (value < smallest || value > largest) {
      throw this.settings.invalid(
          leaf, value, "It must be between %d and %d.".formatted(smallest, largest));
    }
    return value;
  }

  void positive(String leaf, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw this.settings.invalid(leaf, value, "It must be a number above 0.");
    }
  }

  void atLeast(String leaf, double value, double smallest) {
    if (!(value >= smallest) || Double.isInfinite(value)) {
      throw this.settings.invalid(leaf, value, "It must be at least %s.".formatted(smallest));
    }
  }

  int bytes(String leaf, DataSize size, int smallest) {
    if (size.toBytes() < smallest || size.toBytes() > Integer.MAX_VALUE) {
      throw this.settings.invalid(
          leaf, size, "It must be between %d and %d bytes.".formatted(smallest, Integer.MAX_VALUE));
    }
    return (int) size.toBytes();
  }

  /** Checks a size limit of messages or metadata, where -1 means that there is none. */
  int limit(String leaf, DataSize size) {
    if (size.toBytes() == -1) {
      return Integer.MAX_VALUE;
    }
    if (size.toBytes() < 1 || size.toBytes() > Integer.MAX_VALUE) {
      throw this.settings.invalid(
          leaf,
          size,
          "It must be between 1 and %d bytes, or -1 for no limit.".formatted(Integer.MAX_VALUE));
    }
    return (int) size.toBytes();
  }

  /** Rejects a value that is larger than one that it cannot exceed. */
  <T extends Comparable<T>> void notAbove(
      String leaf, @Nullable T value, String other, @Nullable T largest) {
    if (value != null && largest != null && value.compareTo(largest) > 0) {
      throw this.settings.invalid(
          leaf,
          value,
          "It must not be more than %s, which is %s."
              .formatted(this.settings.keys().apply(other), text(largest)));
    }
  }

  private static String text(Object value) {
    return value instanceof Duration duration
        ? DurationStyle.SIMPLE.print(duration, ChronoUnit.MILLIS)
        : value.toString();
  }

  long positiveBytes(String leaf, DataSize size) {
    if (size.toBytes() <= 0) {
      throw this.settings.invalid(leaf, size, "It must be at least 1 byte.");
    }
    return size.toBytes();
  }

  /** Returns the codes as gRPC spells them. Codes are compared without case and dashes. */
  List<String> codes(String leaf, List<String> values) {
    List<String> codes = new ArrayList<>();
    for (String value : values) {
      String canonical = TargetNames.canonical(value.strip());
      codes.add(CODES.stream()
          .filter(code -> TargetNames.canonical(code).equals(canonical))
          .findFirst()
          .orElseThrow(() -> this.settings.invalid(leaf, value, unknownCode(value))));
    }
    return codes;
  }

  /** Returns the codes, of which there must be one at least. */
  List<String> someCodes(String leaf, List<String> values) {
    if (values.isEmpty()) {
      throw this.settings.invalid(
          leaf,
          "",
          "It must have at least one status code. Known codes: %s."
              .formatted(String.join(", ", CODES)));
    }
    return codes(leaf, values);
  }

  private static String unknownCode(String value) {
    String allowed = " Known codes: %s.".formatted(String.join(", ", CODES));
    if (value.strip().equalsIgnoreCase("OK")) {
      return "OK is no failure." + allowed;
    }
    return TargetNames.nearest(value, CODES)
        .map(nearest ->
            "'%s' is no gRPC status code. Did you mean %s?%s".formatted(value, nearest, allowed))
        .orElseGet(() -> "'%s' is no gRPC status code.%s".formatted(value, allowed));
  }

  /** Checks the spelling only: which methods there are is not known before the first call. */
  String methodOrService(String leaf, String value) {
    String name = value.strip();
    if (!METHOD_OR_SERVICE.matcher(name).matches()) {
      throw this.settings.invalid(
          leaf,
          value,
          "'%s' is no name of a method or service. Write package.Service/Method or package.Service."
              .formatted(value));
    }
    return name;
  }
}
