// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.trials;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Lists, starts and stops trials. */
@RestController
@RequestMapping("/trials")
class TrialsController {

  private final Trials trials;

  TrialsController(Trials trials) {
    this.trials = trials;
  }

  record TrialView(String name, String title, String text, String cause) {

    static TrialView of(Trial trial) {
      return new TrialView(
          trial.name(), trial.title(), trial.text(), trial.cause().id());
    }
  }

  record RunView(String name, long secondsLeft, Map<String, Integer> outcomes) {

    static RunView of(TrialRun run) {
      return new RunView(run.trial().name(), run.secondsLeft(), run.calls().outcomes());
    }
  }

  record TrialsView(List<TrialView> trials, @Nullable RunView running) {}

  @GetMapping
  TrialsView list() {
    TrialRun running = trials.running();
    return new TrialsView(
        Stream.of(Trial.values()).map(TrialView::of).toList(),
        running == null ? null : RunView.of(running));
  }

  @PutMapping("/running/{trial}")
  @ResponseStatus(HttpStatus.ACCEPTED)
  void start(@PathVariable Trial trial) {
    trials.start(trial);
  }

  @DeleteMapping("/running")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void stop() {
    trials.stop();
  }
}
