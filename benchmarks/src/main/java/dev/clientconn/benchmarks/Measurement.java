// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

/**
 * What one client process measured, over the measured interval alone.
 *
 * @param calls calls that ended OK
 * @param seconds length of the interval
 * @param callsPerSecond calls over seconds
 * @param cpuNanosPerCall CPU time of the process per call: collector threads count, compiler threads do not
 * @param compilerShare CPU time of the compiler threads over the interval; above a few percent the run was not warm
 * @param warmUpSeconds how long it warmed up
 * @param bytesPerCall heap bytes allocated by all threads, per call
 * @param gcCount collections in the interval
 * @param gcMillis time spent collecting
 * @param meanMicros mean latency of a call
 * @param p50Micros median latency
 * @param p99Micros 99th percentile
 * @param p999Micros 99.9th percentile
 */
record Measurement(
    long calls,
    double seconds,
    double callsPerSecond,
    double cpuNanosPerCall,
    double compilerShare,
    double warmUpSeconds,
    double bytesPerCall,
    long gcCount,
    long gcMillis,
    double meanMicros,
    double p50Micros,
    double p99Micros,
    double p999Micros) {}
