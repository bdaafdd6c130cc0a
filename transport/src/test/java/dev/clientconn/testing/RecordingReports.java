// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.transport.CallReport;
import dev.clientconn.transport.CallReportListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** Records the reports of calls, on any threads. */
public final class RecordingReports implements CallReportListener {
  public final List<CallReport> all = new CopyOnWriteArrayList<>();

  @Override
  public void callEnded(CallReport report) {
    all.add(report);
  }

  /** The report of the only call, whose parts add up. */
  public CallReport only() {
    assertThat(all).hasSize(1);
    assertAddUp();
    return all.get(0);
  }

  /** The times of the only call in milliseconds, by the id of the cause. */
  public Map<String, Long> millis() {
    return only().nanosByCause().entrySet().stream()
        .collect(Collectors.toMap(
            each -> each.getKey().id(),
            each -> Duration.ofNanos(each.getValue()).toMillis()));
  }

  /** The parts of each report are its duration, exactly. */
  public void assertAddUp() {
    for (CallReport report : all) {
      assertThat(
              report.nanosByCause().values().stream().mapToLong(Long::longValue).sum())
          .as(report.toString())
          .isEqualTo(report.durationNanos());
      assertThat(report.nanosByCause().values()).as(report.toString()).allMatch(part -> part > 0);
    }
  }
}
