// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject.startup;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Collections;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.metrics.ApplicationStartup;
import org.springframework.core.metrics.StartupStep;

/** Adds up the CPU time that the starting thread spends in the steps of one post-processor. */
final class StepCpuTimes implements ApplicationStartup {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final String postProcessor;

  private long nanos;

  private long steps;

  /**
   * @param postProcessor what the tag {@code postProcessor} of a step contains
   */
  StepCpuTimes(String postProcessor) {
    this.postProcessor = postProcessor;
    // The first reading of the clock loads classes, which is no cost of the post-processor.
    THREADS.getCurrentThreadCpuTime();
  }

  long nanos() {
    return this.nanos;
  }

  @Override
  public StartupStep start(String name) {
    return new Step(name);
  }

  private final class Step implements StartupStep {

    private final String name;

    private final long id = StepCpuTimes.this.steps++;

    private final long began = THREADS.getCurrentThreadCpuTime();

    private boolean counts;

    Step(String name) {
      this.name = name;
    }

    @Override
    public String getName() {
      return this.name;
    }

    @Override
    public long getId() {
      return this.id;
    }

    @Override
    public @Nullable Long getParentId() {
      return null;
    }

    @Override
    public StartupStep tag(String key, String value) {
      this.counts |= key.equals("postProcessor")
          && value
              .toLowerCase(java.util.Locale.ROOT)
              .contains(StepCpuTimes.this.postProcessor.toLowerCase(java.util.Locale.ROOT));
      return this;
    }

    @Override
    public StartupStep tag(String key, Supplier<String> value) {
      return key.equals("postProcessor") ? tag(key, value.get()) : this;
    }

    @Override
    public Tags getTags() {
      return Collections::emptyIterator;
    }

    @Override
    public void end() {
      if (this.counts) {
        StepCpuTimes.this.nanos += THREADS.getCurrentThreadCpuTime() - this.began;
      }
    }
  }
}
