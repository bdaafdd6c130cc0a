// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.workload;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * Parses a workload's specification, {@code MODE:N[+option[=value]]...}. Its options may have any
 * order and are those of a command line without the dashes.
 */
@Command
public final class WorkloadParser {

  private static final int STREAM_MESSAGES = 1_000;
  private static final int USUAL_BYTES = 100;

  @Option(names = "--mode", required = true)
  StubMode mode = StubMode.ASYNC_DIRECT;

  @Option(names = "--in-flight", required = true)
  int inFlight;

  @Option(names = "--run")
  Workload.Run run = Workload.Run.LOAD;

  @Option(names = "--kind")
  CallKind kind = CallKind.UNARY;

  @Option(names = "--request", converter = ByteCount.class)
  int request = USUAL_BYTES;

  @Option(names = "--response", converter = ByteCount.class)
  int response = USUAL_BYTES;

  @Option(names = "--messages")
  @Nullable
  Integer messages;

  @Option(names = "--deadline")
  boolean deadline;

  @Option(names = "--metadata")
  int metadata;

  @Option(names = "--gzip")
  boolean gzip;

  @Option(names = "--metrics")
  boolean metrics;

  @Option(names = "--retry")
  boolean retry;

  @Option(names = "--report")
  boolean report;

  @Option(names = "--connections")
  int connections = 1;

  @Option(names = "--tls")
  Workload.Tls tls = Workload.Tls.PLAINTEXT;

  @Option(names = "--rtt")
  int rtt;

  @Option(names = "--heap")
  String heap = "";

  @Mixin
  Timing.Options times = new Timing.Options();

  private WorkloadParser() {}

  /**
   * A workload, and the times and heap that its specification sets.
   *
   * @param workload what is measured
   * @param times the times that the spec names
   * @param heap heap of the client's JVM as {@code -Xmx} has it; empty for the command's
   */
  public record Parsed(Workload workload, Timing.Options times, String heap) {}

  /** Parses a spec; throws IllegalArgumentException, whose message contains the spec. */
  public static Parsed parse(String spec) {
    try {
      WorkloadParser parser = new WorkloadParser();
      new CommandLine(parser).parseArgs(arguments(spec));
      return new Parsed(parser.workload(), parser.times, parser.heap);
    } catch (ParameterException | IllegalArgumentException e) {
      throw new IllegalArgumentException("workload '" + spec + "': " + e.getMessage(), e);
    }
  }

  private static String[] arguments(String spec) {
    String[] parts = spec.split("\\+", -1);
    String[] head = parts[0].split(":", 2);
    if (head.length != 2) {
      throw new IllegalArgumentException("it must begin with MODE:N");
    }
    List<String> arguments =
        new ArrayList<>(List.of("--mode=" + head[0], "--in-flight=" + head[1]));
    for (int i = 1; i < parts.length; i++) {
      arguments.add("--" + parts[i]);
    }
    return arguments.toArray(new String[0]);
  }

  private Workload workload() {
    boolean streaming = kind == CallKind.SERVER_STREAM || kind == CallKind.CLIENT_STREAM;
    Integer given = messages;
    return new Workload(
        run,
        mode,
        inFlight,
        kind,
        request,
        response,
        given != null ? given : streaming ? STREAM_MESSAGES : 1,
        new Workload.Features(deadline, metadata, gzip, metrics, retry, report),
        new Workload.Network(connections, tls, rtt));
  }

  /** Converts a number of bytes, which may end in K (KiB) or M (MiB). */
  private static final class ByteCount implements ITypeConverter<Integer> {

    /** 1 GiB, so that a message with its prefix fits into an array. */
    private static final int MOST_BYTES = 1 << 30;

    @Override
    public Integer convert(String value) {
      char suffix = value.isEmpty() ? ' ' : value.charAt(value.length() - 1);
      long unit = suffix == 'K' ? 1 << 10 : suffix == 'M' ? 1 << 20 : 1;
      String digits = unit == 1 ? value : value.substring(0, value.length() - 1);
      long bytes = Long.parseLong(digits) * unit;
      if (bytes < 0 || bytes > MOST_BYTES) {
        throw new CommandLine.TypeConversionException("not 0 to " + MOST_BYTES + " bytes");
      }
      return (int) bytes;
    }
  }
}
