// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.boot.autoconfigure.settings.GrpcClientSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Copies settings for a comparison. */
class SettingsTreeTest {

  @Test
  void laterChangesOfAMapDoNotReachTheCopy() {
    Map<String, Object> nested = new LinkedHashMap<>(Map.of("timeout", "1s"));
    Map<String, Object> config = new LinkedHashMap<>(Map.of("methodConfig", nested));
    GrpcClientSettings settings = new GrpcClientSettings();
    settings.setServiceConfig(config);
    Map<String, Object> before = SettingsTree.of(settings);

    nested.put("timeout", "2s");

    assertThat(SettingsTree.of(settings)).isNotEqualTo(before);
  }
}
