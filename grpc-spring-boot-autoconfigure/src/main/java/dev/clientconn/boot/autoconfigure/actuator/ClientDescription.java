// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import dev.clientconn.boot.autoconfigure.interceptor.InterceptorDescription;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * Describes a channel in full.
 *
 * @param name the name of the channel
 * @param snapshot the state of the channel and its connections, as {@code ClientConnSnapshot} has
 *     it
 * @param configuration what the channel was built with; {@code null} if the application has built
 *     it itself
 * @param interceptors the interceptors of the channel, the outermost one first; {@code null} if
 *     they are not created yet
 * @param streams the open streams, if the request asks for them
 */
public record ClientDescription(
    String name,
    Map<String, Object> snapshot,
    @Nullable Configuration configuration,
    @Nullable List<InterceptorDescription> interceptors,
    @Nullable StreamList streams)
    implements OperationResponseBody {

  /**
   * Describes the configuration of a channel.
   *
   * @param target the name of the target, or the address, that the channel was made for
   * @param upToDate whether the channel has what the properties say now: false where they have
   *     changed and were not applied, or were refused
   * @param settings the settings by key, below {@code grpc.client.targets.<name>}
   * @param customizers beans that have changed the builder after the properties, in their order
   */
  public record Configuration(
      String target, boolean upToDate, Map<String, Setting> settings, List<String> customizers) {}

  /**
   * Describes a setting.
   *
   * @param value the value; {@code ******} in place of one that the user may not see
   * @param layer the layer that sets it: {@code library}, {@code net-devh}, {@code spring-grpc},
   *     {@code defaults}, {@code target}; {@code null} if no property has this value now
   * @param property the name of the property
   * @param origin the place of the property: file, line and column, or environment variable
   */
  public record Setting(
      Object value,
      @Nullable String layer,
      @Nullable String property,
      @Nullable String origin) {}

  /**
   * Lists open streams.
   *
   * @param total number of open streams; {@code null} if the event loops did not respond in time
   * @param offset how many were left out at the beginning
   * @param limit how many are listed at most
   * @param problem why the list is not complete
   * @param streams the streams, as {@code StreamSnapshot} has them
   */
  public record StreamList(
      @Nullable Integer total,
      int offset,
      int limit,
      @Nullable String problem,
      List<Map<String, Object>> streams) {}
}
