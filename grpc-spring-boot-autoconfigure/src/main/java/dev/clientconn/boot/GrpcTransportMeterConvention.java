// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import java.util.Map;

/**
 * Decides the names and tags of the transport's meters. Define one bean of this type to change
 * them; a method that is not overridden keeps the default.
 *
 * <p>Names must differ from meter to meter, and tags from series to series: they must keep apart
 * the targets and the values of the default tags. All series of a meter must have the same keys.
 * Where a convention throws, returns {@code null}, or breaks these rules, the default is used, and
 * one warning has the name of the bean.
 *
 * <p>Called when meters are registered, on any thread; not when they are read or updated. The same
 * arguments must give the same result.
 */
public interface GrpcTransportMeterConvention {

  /**
   * Returns the name of a meter.
   *
   * @param meter the default name, as in {@code docs/metrics.md}, such as {@code
   *     grpc.transport.streams.active}
   * @return the name to register, in Micrometer's notation: lower case with dots, without a unit
   */
  default String name(String meter) {
    return meter;
  }

  /**
   * Returns the tags of one series of a meter.
   *
   * @param meter the default name of the meter
   * @param target the configured name of the target
   * @param tags the default tags in their order, {@code target} first; unmodifiable
   * @return the tags to register, without {@code null}
   */
  default Map<String, String> tags(String meter, String target, Map<String, String> tags) {
    return tags;
  }
}
