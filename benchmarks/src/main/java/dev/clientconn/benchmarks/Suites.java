// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Lists of workloads by name, as words of {@link PlannedRun#parse}. */
final class Suites {

  static final String DEFAULT = "default";

  /** The one whose workloads every known client is measured on. */
  static final String CLIENTS = "clients";

  static final String ALL = "all";

  private static final List<String> DEFAULT_WORDS =
      List.of("async-direct:100", "async:100", "blocking:1", "blocking:100");

  private static final String SERVER_STREAM = "async-direct:10+kind=server-stream";

  private static final Map<String, List<String>> WORDS = new LinkedHashMap<>();

  static {
    WORDS.put(DEFAULT, DEFAULT_WORDS);
    WORDS.put(CLIENTS, with(DEFAULT_WORDS, SERVER_STREAM));
    WORDS.put("sizes", sizes());
    WORDS.put(
        "stubs",
        with(
            DEFAULT_WORDS,
            "async-virtual:100",
            "future:100",
            "blocking-virtual:100",
            "blocking-v2:1",
            "blocking-v2:100"));
    WORDS.put(
        "features",
        List.of(
            "async-direct:64+deadline",
            "async-direct:64+metadata=10",
            "async-direct:64+request=1K+response=1K+gzip",
            "async-direct:64+metrics",
            "async-direct:64+deadline+metadata=10+metrics"));
    WORDS.put("streams", streams());
    WORDS.put(
        "connections",
        List.of(
            "async-direct:64",
            "async-direct:64+connections=4",
            "async-direct:64+connections=16",
            "async-direct:64+idle=10",
            "async-direct:64+idle=10000"));
    WORDS.put(
        "tls",
        List.of(
            "async-direct:64+tls=jdk",
            "async-direct:64+tls=openssl",
            "async-direct:8+request=64K+response=64K+tls=jdk",
            "async-direct:8+request=64K+response=64K+tls=openssl"));
    WORDS.put("latency", latency());
    WORDS.put(
        "setup",
        List.of(
            "blocking:1+run=setup",
            "blocking:8+run=setup",
            "blocking:1+run=setup+tls=jdk",
            "blocking:1+run=setup+tls=openssl"));
    WORDS.put(
        "memory",
        List.of("async-direct:200+run=connection-memory", "async-direct:10000+run=stream-memory"));
    WORDS.put(
        "scale",
        Stream.of(1, 10, 100, 1_000, 10_000).map(n -> "async-direct:" + n).toList());
  }

  private Suites() {}

  static Set<String> names() {
    Set<String> names = new LinkedHashSet<>(WORDS.keySet());
    names.add(ALL);
    return names;
  }

  /** The suites that a name stands for: itself, or all but the default, which is part of another. */
  static List<String> named(String name) {
    if (!names().contains(name)) {
      throw new IllegalArgumentException("no suite '" + name + "'; there are " + names());
    }
    return name.equals(ALL)
        ? WORDS.keySet().stream().filter(each -> !each.equals(DEFAULT)).toList()
        : List.of(name);
  }

  static List<String> words(String suite) {
    List<String> words = WORDS.get(suite);
    if (words == null) {
      throw new IllegalArgumentException("no suite '" + suite + "'; there are " + names());
    }
    return words;
  }

  /** 1 MiB 512 times over, both ways, is more than the usual heap. */
  private static List<String> sizes() {
    List<String> words = new ArrayList<>();
    for (String size : List.of("0", "100", "1K", "64K", "1M")) {
      for (int inFlight : new int[] {1, 8, 64, 512}) {
        String heap = size.equals("1M") && inFlight == 512 ? "+heap=3g" : "";
        words.add("async-direct:" + inFlight + "+request=" + size + "+response=" + size + heap);
      }
    }
    return words;
  }

  private static List<String> streams() {
    return List.of(
        SERVER_STREAM,
        SERVER_STREAM + "+response=1M+messages=20",
        "blocking:10+kind=server-stream",
        "async-direct:10+kind=client-stream",
        "async-direct:10+kind=client-stream+request=1M+messages=20",
        "async-direct:1+kind=ping-pong",
        "async-direct:64+kind=ping-pong",
        "blocking-v2:1+kind=ping-pong",
        "async-direct:1+kind=duplex",
        "async-direct:10+kind=duplex");
  }

  /** Whether windows grow to what the path holds: bytes a second, and how many round trips a large response takes. */
  private static List<String> latency() {
    List<String> words = new ArrayList<>();
    for (String rtt : List.of("+rtt=20", "+rtt=100")) {
      words.add("async-direct:1+kind=server-stream+response=64K+messages=500" + rtt);
      words.add("async-direct:1+response=1M" + rtt);
    }
    words.add("async-direct:64+rtt=20");
    return words;
  }

  private static List<String> with(List<String> words, String... more) {
    return Stream.concat(words.stream(), Stream.of(more)).toList();
  }
}
