// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.ChannelLog;
import io.grpc.ChannelLogger;
import java.text.MessageFormat;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Hands what resolvers, balancers and subchannels say to java.util.logging, with the channel's target in front. */
final class JulChannelLogger extends ChannelLogger {
  private static final Logger LOGGER = ChannelLog.LOGGER;

  private final String name;

  JulChannelLogger(String name) {
    this.name = name;
  }

  @Override
  public void log(ChannelLogLevel level, String message) {
    Level to = toLevel(level);
    if (LOGGER.isLoggable(to)) {
      LOGGER.log(to, "[" + name + "] " + message);
    }
  }

  @Override
  public void log(ChannelLogLevel level, String messageFormat, Object... args) {
    Level to = toLevel(level);
    if (LOGGER.isLoggable(to)) {
      LOGGER.log(to, "[" + name + "] " + MessageFormat.format(messageFormat, args));
    }
  }

  /** One level lower than its name, as failures here are retried and calls report the lasting ones themselves. */
  private static Level toLevel(ChannelLogLevel level) {
    return switch (level) {
      case ERROR -> Level.WARNING;
      case WARNING -> Level.INFO;
      case INFO -> Level.FINE;
      case DEBUG -> Level.FINEST;
    };
  }
}
