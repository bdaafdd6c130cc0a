// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.observation;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Logs what conventions, handlers, filters and predicates of observations throw: a warning for the
 * first time, since a failure may repeat with each call.
 */
@CrossesThreads
final class ObservationFailures {

  private static final Log logger = LogFactory.getLog(ObservationFailures.class);

  private final Set<String> warned = ConcurrentHashMap.newKeySet();

  void log(String source, Throwable thrown) {
    if (this.warned.add(source)) {
      logger.warn(
          "The observation of gRPC calls is incomplete, because " + source + " threw " + thrown
              + ". The calls are not affected. Later failures are logged at level debug.",
          thrown);
    } else if (logger.isDebugEnabled()) {
      logger.debug(source + " threw an exception again", thrown);
    }
  }
}
