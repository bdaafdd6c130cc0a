// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import io.grpc.Channel;
import java.lang.reflect.Field;

/** Returns how many bytes of requests the calls of a channel retain. */
public final class RetainedBytes {
  private RetainedBytes() {}

  /** Of a channel without interceptors. */
  public static long of(Channel channel) {
    try {
      Field environment = channel.getClass().getDeclaredField("environment");
      environment.setAccessible(true);
      return ((CallEnvironment) environment.get(channel)).retryBuffer().total();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
