// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.ChannelLog;
import io.grpc.ChannelLogger;
import java.text.MessageFormat;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Logs for resolvers, balancers and subchannels with the channel's target in front. */
final class JulChannelLogger extends ChannelLogger {
  private static final Logger LOGGER = ChannelLog.LOGGER;

  private final String target;

  JulChannelLogger(String target) {
    this.target = target;
  }

  @Override
  public void log(ChannelLogLevel level, String message) {
    Level to = toLevel(level);
    if (LOGGER.isLoggable(to)) {
      LOGGER.log(to, "[" + target + "] " + message);
    }
  }

  @Override
  public void log(ChannelLogLevel level, String messageFormat, Object... args) {
    Level to = toLevel(level);
    if (LOGGER.isLoggable(to)) {
      LOGGER.log(to, "[" + target + "] " + MessageFormat.format(messageFormat, args));
    }
  }

  /** One level below its name: failures here are retried, and calls report those that last. */
  private static Level toLevel(ChannelLogLevel level) {
    return switch (level) {
      case ERROR -> Level.WARNING;
      case WARNING -> Level.INFO;
      case INFO -> Level.FINE;
      case DEBUG -> Level.FINEST;
    };
  }
}
