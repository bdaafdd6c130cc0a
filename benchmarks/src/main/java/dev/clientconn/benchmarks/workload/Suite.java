// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.workload;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Named lists of workloads, as specifications that {@link WorkloadParser} reads. */
public enum Suite {
  DEFAULT(List.of("async-direct:100", "async:100", "blocking:1", "blocking:100")),
  SIZES(sizes("0", "100", "1K", "64K", "1M")),
  STUBS(List.of(
      "async-direct:100",
      "async:100",
      "async-virtual:100",
      "future:100",
      "blocking:1",
      "blocking:100",
      "blocking-virtual:100",
      "blocking-v2:1",
      "blocking-v2:100")),
  FEATURES(List.of(
      "async-direct:64+deadline",
      "async-direct:64+metadata=10",
      "async-direct:64+request=1K+response=1K+gzip",
      "async-direct:64+metrics",
      "async-direct:64+retry",
      "async-direct:64+deadline+metadata=10+metrics")),
  STREAMS(List.of(
      "async-direct:10+kind=server-stream",
      "blocking:10+kind=server-stream",
      "async-direct:10+kind=server-stream+response=1M+messages=20",
      "async-direct:10+kind=client-stream",
      "async-direct:10+kind=client-stream+request=1M+messages=20",
      "async-direct:1+kind=ping-pong",
      "async-direct:64+kind=ping-pong")),
  CONNECTIONS(List.of(
      "async-direct:64", "async-direct:64+connections=4", "async-direct:64+connections=16")),
  TLS(List.of(
      "async-direct:64+tls=jdk",
      "async-direct:64+tls=openssl",
      "async-direct:8+request=64K+response=64K+tls=jdk",
      "async-direct:8+request=64K+response=64K+tls=openssl")),
  /** Throughput and latency that depend on windows growing to the bandwidth-delay product. */
  LATENCY(List.of(
      "async-direct:1+kind=server-stream+response=64K+messages=500+rtt=20",
      "async-direct:1+response=1M+rtt=20",
      "async-direct:1+kind=server-stream+response=64K+messages=500+rtt=100",
      "async-direct:1+response=1M+rtt=100",
      "async-direct:64+rtt=20")),
  MEMORY(List.of("async-direct:200+run=connection-memory", "async-direct:10000+run=stream-memory")),
  SCALE(List.of(
      "async-direct:1",
      "async-direct:10",
      "async-direct:100",
      "async-direct:1000",
      "async-direct:10000")),
  /** The workloads that have performance goals. */
  GOALS(join(
      join(DEFAULT.specs, List.of("async-direct:64", "async-direct:512")),
      join(
          sizes("1M"),
          join(
              STREAMS.specs.stream().filter(spec -> !spec.endsWith("ping-pong")).toList(),
              MEMORY.specs)))),
  /** Every workload of the other suites. */
  ALL(List.of());

  private final ImmutableList<String> specs;

  Suite(List<String> specs) {
    this.specs = ImmutableList.copyOf(specs);
  }

  /** The workloads in the order of the table. */
  public List<String> specs() {
    return this != ALL
        ? specs
        : Stream.of(values()).flatMap(suite -> suite.specs.stream()).distinct().toList();
  }

  /** The name on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static List<String> sizes(String... sizes) {
    List<String> specs = new ArrayList<>();
    for (String size : sizes) {
      for (int inFlight : new int[] {1, 8, 64, 512}) {
        // 512 calls of 1 MiB in both directions need more than the usual heap.
        String heap = size.equals("1M") && inFlight == 512 ? "+heap=3g" : "";
        specs.add("async-direct:" + inFlight + "+request=" + size + "+response=" + size + heap);
      }
    }
    return specs;
  }

  private static List<String> join(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }
}
