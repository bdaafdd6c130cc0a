// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Records the warnings that a logger receives until it is closed. */
public final class RecordedWarnings extends Handler {

  public final List<String> texts = new CopyOnWriteArrayList<>();

  private final Logger logger;

  private RecordedWarnings(Logger logger) {
    this.logger = logger;
    logger.addHandler(this);
  }

  /** Begins with the logger of a class, or of a name of the transport. */
  public static RecordedWarnings of(String logger) {
    return new RecordedWarnings(Logger.getLogger(logger));
  }

  @Override
  public void publish(LogRecord logged) {
    if (logged.getLevel().intValue() >= Level.WARNING.intValue()) {
      this.texts.add(logged.getMessage());
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    this.logger.removeHandler(this);
  }
}
