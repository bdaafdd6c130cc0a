// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.report;

/**
 * What one client process measured in the measured interval.
 *
 * @param operations operations that ended OK, see {@link
 *     dev.clientconn.benchmarks.workload.CallKind}
 * @param seconds length of the interval
 * @param operationsPerSecond operations divided by seconds
 * @param cpuNanosPerOperation CPU time of the process per operation, including the garbage
 *     collector and without the JIT compiler
 * @param compilerShare CPU time of the JIT compiler divided by the interval; above a few percent
 *     the client was not warm
 * @param warmUpSeconds length of the warm-up
 * @param bytesPerOperation heap bytes allocated by all threads, per operation
 * @param gcCount collections
 * @param gcMillis time spent collecting
 * @param latencies how many latencies were recorded, of calls or of ping-pong's round trips
 * @param meanMicros mean latency
 * @param p50Micros median latency
 * @param p99Micros 99th percentile
 * @param p999Micros 99.9th percentile
 */
public record Measurement(
    long operations,
    double seconds,
    double operationsPerSecond,
    double cpuNanosPerOperation,
    double compilerShare,
    double warmUpSeconds,
    double bytesPerOperation,
    long gcCount,
    long gcMillis,
    long latencies,
    double meanMicros,
    double p50Micros,
    double p99Micros,
    double p999Micros) {

  private static final double WARM_SHARE = 0.1;

  /** Whether the JIT compiler was so busy that slower code than the final one was measured. */
  boolean cold() {
    return compilerShare > WARM_SHARE;
  }
}
