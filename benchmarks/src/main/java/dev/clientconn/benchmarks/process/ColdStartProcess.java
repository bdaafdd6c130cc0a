// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.process;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.benchmarks.client.BenchmarkClient;
import dev.clientconn.benchmarks.workload.EchoMethods;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Opens a channel and makes {@link #LATER_CALLS} + 1 unary calls in a fresh JVM, then prints what
 * they took. Loads nothing but the client's classes before the last call has ended.
 */
public final class ColdStartProcess {

  public static final int LATER_CALLS = 100;

  private static final double MICROS = 1_000;
  private static final BytesValue REQUEST = BytesValue.of(ByteString.copyFrom(new byte[100]));

  private ColdStartProcess() {}

  /**
   * Prints the first call and the later ones in µs, CPU time in µs, loaded classes and resident
   * memory in KiB, separated by commas.
   *
   * @param args client, target, and with TLS the server's certificate as a PEM file
   */
  public static void main(String[] args) throws Exception {
    long start = System.nanoTime();
    ManagedChannel channel = builder(args).build();
    call(channel);
    long first = System.nanoTime();
    for (int i = 0; i < LATER_CALLS; i++) {
      call(channel);
    }
    long end = System.nanoTime();
    System.out.printf(
        Locale.ROOT,
        "%f,%f,%d,%d,%d%n",
        (first - start) / MICROS,
        (end - first) / MICROS,
        cpuMicros(),
        ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount(),
        residentKibibytes());
    Runtime.getRuntime().halt(0);
  }

  private static ManagedChannelBuilder<?> builder(String[] args) throws IOException {
    ChannelCredentials credentials = args.length < 3
        ? InsecureChannelCredentials.create()
        : TlsChannelCredentials.newBuilder().trustManager(new File(args[2])).build();
    return args[0].equals(BenchmarkClient.SUBJECT)
        ? ClientConnBuilder.forTarget(args[1], credentials)
        : NettyChannelBuilder.forTarget(args[1], credentials);
  }

  private static void call(ManagedChannel channel) {
    ClientCalls.blockingUnaryCall(channel, EchoMethods.UNARY, CallOptions.DEFAULT, REQUEST);
  }

  private static long cpuMicros() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1_000;
  }

  /** As Linux counts it; 0 on other systems. */
  private static long residentKibibytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
        .sum();
  }
}
