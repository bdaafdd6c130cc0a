// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Passes the events of one attempt to a tracer. If the tracer throws, this is logged once and the
 * tracer gets no further event but {@link #streamClosed}, so that it can end what it has begun; the
 * call goes on.
 */
@CrossesThreads
final class GuardedTracer {
  private static final Logger LOGGER = ChannelLog.LOGGER;

  private final ClientStreamTracer tracer;
  /** Not volatile: a thread that does not see it yet passes a few more events, and logs again. */
  private boolean broken;

  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * @param factory named in the exception if it returned {@code null}
   */
  GuardedTracer(@Nullable ClientStreamTracer tracer, ClientStreamTracer.Factory factory) {
    this.tracer = Objects.requireNonNull(tracer, () -> factory + " made no tracer");
  }

  private void logAndDisable(Throwable failure) {
    broken = true;
    LOGGER.log(
        Level.WARNING, "A tracer threw and is left out of the call: " + tracer.getClass(), failure);
  }

  void streamCreated(Attributes transportAttributes, Metadata headers) {
    if (!broken) {
      try {
        tracer.streamCreated(transportAttributes, headers);
      } catch (Throwable t) {
        logAndDisable(t);
      }
    }
  }

  void createPendingStream() {
    if (!broken) {
      try {
        tracer.createPendingStream();
      } catch (Throwable t) {
        logAndDisable(t);
      }
    }
  }

  void outboundHeaders() {
    if (!broken) {
      try {
        tracer.outboundHeaders();
      } catch (Throwable t) {
        logAndDisable(t);
      }
    }
  }

  void inboundHeaders(Metadata headers) {
    if (!broken) {
      try {
        tracer.inboundHeaders(headers);
      } catch (Throwable t) {
        logAndDisable(t);
      }
    }
  }

  void inboundTrailers(Metadata trailers) {
    if (!broken) {
      try {
        tracer.inboundTrailers(trailers);
      } catch (Throwable t) {
        logAndDisable(t);
      }
    }
  }

  void addOptionalLabel(String key, String value) {
    if (!broken) {
      try {
        tracer.addOptionalLabel(key, value);
      } catch (Throwable t) {
        logAndDisable(t);
      }
    }
  }

  /** Passed on once, though a cancel and the stream's end may both call this. */
  void streamClosed(Status status) {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      tracer.streamClosed(status);
    } catch (Throwable t) {
      if (!broken) {
        logAndDisable(t);
      }
    }
  }

  /** Passes all events of a message that was sent. */
  void outbound(int number, long wireSize, long uncompressedSize) {
    if (!broken) {
      try {
        tracer.outboundMessage(number);
        tracer.outboundMessageSent(number, wireSize, uncompressedSize);
        tracer.outboundWireSize(wireSize);
        tracer.outboundUncompressedSize(uncompressedSize);
      } catch (Throwable t) {
        logAndDisable(t);
      }
    }
  }

  /**
   * Passes all events of a message that has arrived.
   *
   * @param uncompressedSize bytes; -1 if the message is compressed, as it is not known yet
   */
  void inbound(int number, long wireSize, long uncompressedSize) {
    if (!broken) {
      try {
        tracer.inboundMessage(number);
        tracer.inboundWireSize(wireSize);
        tracer.inboundMessageRead(number, wireSize, uncompressedSize);
        if (uncompressedSize >= 0) {
          tracer.inboundUncompressedSize(uncompressedSize);
        }
      } catch (Throwable t) {
        logAndDisable(t);
      }
    }
  }

  void inboundUncompressedSize(long bytes) {
    if (!broken) {
      try {
        tracer.inboundUncompressedSize(bytes);
      } catch (Throwable t) {
        logAndDisable(t);
      }
    }
  }
}
