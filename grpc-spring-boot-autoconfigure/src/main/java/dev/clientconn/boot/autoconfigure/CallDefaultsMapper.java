// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.autoconfigure.GrpcClientProperties.Target;
import io.grpc.CallCredentials;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

/** Applies the settings of calls and their callbacks to a builder. */
record CallDefaultsMapper(TargetSettings settings, ClientConnBuilder builder) {

  /**
   * Applies the settings.
   *
   * @param credentials the credentials of the target, or null
   * @param codecs the codecs of the application
   * @param beans the beans that properties name
   * @param virtualThreads where callbacks run if the target has no executor, or null
   */
  void apply(
      @Nullable CallCredentials credentials,
      CodecRegistries codecs,
      BeanReferences beans,
      @Nullable Executor virtualThreads) {
    Target values = this.settings.values();
    CallDefaults defaults = new CallDefaults(
        deadline(values),
        Boolean.TRUE.equals(values.getWaitForReady()),
        compression(values.getCompression(), codecs),
        credentials,
        new MetadataMapper(this.settings).map());
    if (!defaults.isEmpty()) {
      this.builder.intercept(defaults);
    }
    codecs.apply(this.builder);
    String executor = values.getExecutor();
    if (StringUtils.hasText(executor)) {
      this.builder.executor(beans.get(this.settings, "executor", executor, Executor.class));
    } else if (virtualThreads != null) {
      this.builder.executor(virtualThreads);
    }
  }

  private @Nullable Duration deadline(Target values) {
    Duration deadline = values.getDeadline();
    return deadline == null
        ? null
        : new SettingChecks(this.settings).positiveOrNone("deadline", deadline);
  }

  private @Nullable String compression(@Nullable String name, CodecRegistries codecs) {
    if (!StringUtils.hasText(name)) {
      return null;
    }
    String problem = codecs.problem(name);
    if (problem != null) {
      throw this.settings.invalid("compression", name, problem);
    }
    return name;
  }
}
