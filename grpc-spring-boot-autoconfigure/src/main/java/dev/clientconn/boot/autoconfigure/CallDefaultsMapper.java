// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.autoconfigure.GrpcClientProperties.Target;
import io.grpc.CallCredentials;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import java.time.Duration;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

/** Applies the settings of calls and their callbacks to a builder. */
record CallDefaultsMapper(TargetSettings settings, ClientConnBuilder builder) {

  /**
   * Applies the settings.
   *
   * @param credentials the credentials of the target, or null
   * @param beans the beans that properties name
   * @param virtualThreads where callbacks run if the target has no executor, or null
   */
  void apply(
      @Nullable CallCredentials credentials,
      BeanReferences beans,
      @Nullable Executor virtualThreads) {
    Target values = this.settings.values();
    CallDefaults defaults = new CallDefaults(
        deadline(values),
        Boolean.TRUE.equals(values.getWaitForReady()),
        compression(values.getCompression()),
        credentials,
        new MetadataMapper(this.settings).map());
    if (!defaults.isEmpty()) {
      this.builder.intercept(defaults);
    }
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

  private @Nullable String compression(@Nullable String name) {
    if (!StringUtils.hasText(name)) {
      return null;
    }
    if (CompressorRegistry.getDefaultInstance().lookupCompressor(name) == null) {
      TreeSet<String> known =
          new TreeSet<>(DecompressorRegistry.getDefaultInstance().getKnownMessageEncodings());
      known.removeIf(
          each -> CompressorRegistry.getDefaultInstance().lookupCompressor(each) == null);
      throw this.settings.invalid(
          "compression",
          name,
          "There is no codec '%s' in the registry of gRPC. Known codecs: %s."
              .formatted(name, String.join(", ", known)));
    }
    return name;
  }
}
