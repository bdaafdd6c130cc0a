// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.badpeer;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a class whose tests lost a buffer: Netty's detector, at paranoid, sees what the collector
 * finds unreleased.
 */
final class NoLeaks implements BeforeAllCallback, AfterAllCallback {

  /** Enough to make the detector look at its queue of collected buffers. */
  private static final int PROBES = 200;

  private final List<String> leaks = new CopyOnWriteArrayList<>();

  @Override
  public void beforeAll(ExtensionContext context) {
    assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
    ByteBufUtil.setLeakListener((type, records) -> leaks.add(type + ": " + records));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    for (int i = 0; i < PROBES; i++) {
      if (i % 50 == 0) {
        System.gc();
      }
      ByteBufAllocator.DEFAULT.directBuffer(16).release();
    }
    ByteBufUtil.setLeakListener(null);
    assertThat(leaks).as("buffers that were not released").isEmpty();
  }
}
