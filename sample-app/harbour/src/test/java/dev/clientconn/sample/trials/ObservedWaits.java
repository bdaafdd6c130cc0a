// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.trials;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records the events for waits, which a tracing system shows on the spans of calls. */
final class ObservedWaits implements ObservationHandler<Observation.Context> {

  private final List<String> events = new CopyOnWriteArrayList<>();

  @Override
  public void onEvent(Observation.Event event, Observation.Context context) {
    if (event.getName().equals("wait")) {
      events.add(event.getContextualName());
    }
  }

  @Override
  public boolean supportsContext(Observation.Context context) {
    return true;
  }

  List<String> events() {
    return List.copyOf(events);
  }

  void clear() {
    events.clear();
  }
}
