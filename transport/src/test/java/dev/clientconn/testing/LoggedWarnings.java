// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.testing;

import dev.clientconn.internal.concurrent.ChannelLog;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Collects the warnings that channels log during a test. */
public final class LoggedWarnings implements BeforeEachCallback, AfterEachCallback {
  private final List<String> messages = new CopyOnWriteArrayList<>();
  private final Handler handler = new Handler() {
    @Override
    public void publish(LogRecord logged) {
      if (logged.getLevel().intValue() >= Level.WARNING.intValue()) {
        messages.add(logged.getMessage());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  };

  @Override
  public void beforeEach(ExtensionContext context) {
    ChannelLog.LOGGER.addHandler(handler);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    ChannelLog.LOGGER.removeHandler(handler);
  }

  public List<String> messages() {
    return messages;
  }
}
