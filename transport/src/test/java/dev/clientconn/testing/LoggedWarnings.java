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

/** Collects what channels log during a test. */
public final class LoggedWarnings implements BeforeEachCallback, AfterEachCallback {
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();
  private final Handler handler = new Handler() {
    @Override
    public void publish(LogRecord logged) {
      records.add(logged);
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
    ChannelLog.LOGGER.setLevel(null);
  }

  public List<String> messages() {
    return records.stream()
        .filter(logged -> logged.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogRecord::getMessage)
        .toList();
  }

  /** Lets channels log at this level too, until the end of the test. */
  public void include(Level level) {
    ChannelLog.LOGGER.setLevel(level);
  }

  /** Returns the messages at one level, below that of warnings too. */
  public List<String> messagesAt(Level level) {
    return records.stream()
        .filter(logged -> logged.getLevel().equals(level))
        .map(LogRecord::getMessage)
        .toList();
  }
}
