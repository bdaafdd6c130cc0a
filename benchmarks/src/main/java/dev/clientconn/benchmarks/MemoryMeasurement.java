// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

/**
 * What idle things weigh.
 *
 * @param things how many were weighed
 * @param heapBytes live heap of one of them
 * @param directBytes memory outside the heap that Netty has taken for one of them; it takes whole chunks
 */
record MemoryMeasurement(int things, double heapBytes, double directBytes) {}
