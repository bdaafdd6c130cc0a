// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.web;

import dev.clientconn.boot.ClientConnRefresher;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Changes a setting of a target while calls are in progress. A config server does the same for many
 * applications.
 */
@RestController
class SettingsController {

  private final Map<String, Object> changes = new ConcurrentHashMap<>();
  private final ClientConnRefresher refresher;

  SettingsController(ConfigurableEnvironment environment, ClientConnRefresher refresher) {
    this.refresher = refresher;
    environment.getPropertySources().addFirst(new MapPropertySource("run time", changes));
  }

  /** Sets the deadline of calls to the harbour's service, and returns the targets that changed. */
  @PutMapping("/settings/deadline")
  synchronized List<String> deadline(
      @RequestParam @DurationFormat(style = DurationFormat.Style.SIMPLE) Duration value) {
    changes.put("grpc.client.targets.ports.deadline", value.toString());
    return refresher.refresh();
  }
}
