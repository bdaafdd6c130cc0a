// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import dev.clientconn.boot.autoconfigure.EffectiveSetting;
import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;

/**
 * Decides how values of settings are shown. Functions of the application sanitize every value;
 * secrets are shown to authorized users only.
 */
@CrossesThreads
final class SettingSanitizer {

  private static final Log logger = LogFactory.getLog(SettingSanitizer.class);

  private final Sanitizer sanitizer;

  private final AtomicBoolean warned = new AtomicBoolean();

  SettingSanitizer(List<SanitizingFunction> functions) {
    this.sanitizer = new Sanitizer(functions);
  }

  /**
   * Returns the value to show.
   *
   * @param showSecrets whether the user may see secrets
   */
  Object shown(EffectiveSetting setting, String property, boolean showSecrets) {
    SanitizableData data = new SanitizableData(setting.source(), property, setting.value());
    try {
      Object shown = this.sanitizer.sanitize(data, showSecrets || !setting.secret());
      return shown == null ? SanitizableData.SANITIZED_VALUE : shown;
    } catch (Throwable thrown) {
      // What it should have hidden must not be shown.
      if (this.warned.compareAndSet(false, true)) {
        logger.warn(
            "A SanitizingFunction threw for the value of " + property
                + "; the endpoint grpcclients does not show such values",
            thrown);
      }
      return SanitizableData.SANITIZED_VALUE;
    }
  }
}
