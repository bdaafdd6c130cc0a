// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

/**
 * What one client process measured, over the measured interval alone.
 *
 * @param operations operations that ended OK, see {@link CallKind} and {@link RunKind}
 * @param seconds length of the interval
 * @param operationsPerSecond operations over seconds
 * @param cpuNanosPerOperation CPU time of the process per operation: collector threads count, compiler threads do not
 * @param compilerShare CPU time of the compiler threads over the interval; above a few percent the run was not warm
 * @param warmUpSeconds how long it warmed up
 * @param bytesPerOperation heap bytes allocated by all threads, per operation
 * @param gcCount collections in the interval
 * @param gcMillis time spent collecting
 * @param latencies how many latencies were taken: of calls, or round trips of ping-pong; with none, those below are 0
 * @param meanMicros mean latency
 * @param p50Micros median latency
 * @param p99Micros 99th percentile
 * @param p999Micros 99.9th percentile
 */
record Measurement(
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
    double p999Micros) {}
