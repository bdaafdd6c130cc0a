// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.trials;

import dev.clientconn.boot.test.ConnectionBehavior;
import dev.clientconn.boot.test.FaultyCall;
import dev.clientconn.boot.test.FaultyServer;
import dev.clientconn.sample.v1.Port;
import dev.clientconn.transport.WaitCause;
import io.grpc.Status;
import io.netty.handler.codec.http2.Http2Error;
import java.time.Duration;

/**
 * Describes what can make calls wait: how the server behaves, which calls are made, and what
 * changes while they are in progress.
 */
enum Trial {
  SLOW_SERVER("Slow server", "The server takes a second for each call.", WaitCause.SERVER) {
    @Override
    void prepare(FaultyServer server) {
      server.onCall(call -> call.after(Duration.ofSeconds(1), call::respondEmpty));
    }

    @Override
    void run(TrialRun run) {
      run.calls().repeat(4);
    }
  },

  STREAM_LIMIT(
      "Burst beyond the stream limit",
      "20 calls at a time, and the server allows 2.",
      WaitCause.STREAM_SLOT) {
    @Override
    void prepare(FaultyServer server) {
      server
          .onConnection(connection -> connection.maxConcurrentStreams(2))
          .onCall(call -> call.after(Duration.ofMillis(300), call::respondEmpty));
    }

    @Override
    void run(TrialRun run) {
      run.calls().repeat(20);
    }
  },

  IDLE_CONSUMER(
      "Consumer that stops reading",
      "The client takes one message of a streaming response, and requests no more.",
      WaitCause.APPLICATION) {
    @Override
    void prepare(FaultyServer server) {
      byte[] port = Port.newBuilder().setLocode("NLRTM").build().toByteArray();
      server.onCall(call -> {
        for (int i = 0; i < 100; i++) {
          call.sendMessage(port);
        }
      });
    }

    @Override
    void run(TrialRun run) {
      run.calls().readOne();
    }
  },

  STREAM_WINDOW(
      "Server that grants a stream no window",
      "The server takes 16 KiB of a request, and returns no credit for more.",
      WaitCause.STREAM_WINDOW) {
    @Override
    void prepare(FaultyServer server) {
      server
          .onConnection(
              connection -> connection.initialStreamWindow(16 * KIB).withholdWindowUpdates())
          .onCall(call -> {});
    }

    @Override
    void run(TrialRun run) {
      run.calls().upload(64 * KIB);
    }
  },

  CONNECTION_WINDOW(
      "Server that grants a connection no window",
      "Ten requests of 40 KiB share the 64 KiB of their connection, and the server returns none.",
      WaitCause.CONNECTION_WINDOW) {
    @Override
    void prepare(FaultyServer server) {
      server.onConnection(ConnectionBehavior::withholdWindowUpdates).onCall(call -> {});
    }

    @Override
    void run(TrialRun run) {
      // One of them at most is sent whole, and waits for the server.
      for (int i = 0; i < 10; i++) {
        run.calls().upload(40 * KIB);
      }
    }
  },

  UNREAD_SOCKET(
      "Server that does not read its socket",
      "The server grants 64 MiB of window, and reads none of it.",
      WaitCause.SOCKET) {
    @Override
    void prepare(FaultyServer server) {
      server
          .onConnection(connection -> connection.initialStreamWindow(64 * KIB * KIB))
          .onCall(FaultyCall::stopReading);
    }

    @Override
    void run(TrialRun run) {
      run.calls().upload(48 * KIB * KIB);
    }
  },

  KILLED_SERVER(
      "Killed and restarted server",
      "The server is killed after 2 seconds. Four seconds before the end it is on another port.",
      WaitCause.CONNECTING) {
    @Override
    void run(TrialRun run) {
      run.calls().every(Duration.ofMillis(200));
      run.after(Duration.ofSeconds(2), run::killServer);
      run.after(run.duration().minusSeconds(4), run::restartServer);
    }
  },

  ROLLING_GOAWAY(
      "Rolling GOAWAY",
      "The server sends GOAWAY every two seconds. No call fails.",
      WaitCause.SERVER) {
    @Override
    void prepare(FaultyServer server) {
      server.onCall(call -> call.after(Duration.ofSeconds(1), call::respondEmpty));
    }

    @Override
    void run(TrialRun run) {
      run.calls().repeat(4);
      goAwayLater(run);
    }

    private static void goAwayLater(TrialRun run) {
      run.after(Duration.ofSeconds(2), () -> {
        run.server().goAway(Http2Error.NO_ERROR, "rolling restart");
        goAwayLater(run);
      });
    }
  },

  SLOW_NAMES(
      "Slow name server",
      "The name resolver has the first address 5 seconds before the end.",
      WaitCause.NAME_RESOLUTION) {
    @Override
    Duration lookUp(Duration trial) {
      return trial.minusSeconds(5);
    }

    @Override
    void run(TrialRun run) {
      run.calls().every(Duration.ofMillis(500));
    }
  },

  FAILING_ATTEMPTS(
      "Attempts that fail",
      "The server refuses the first two attempts of each call with UNAVAILABLE.",
      WaitCause.RETRY_BACKOFF) {
    @Override
    void prepare(FaultyServer server) {
      server.onCall(call -> {
        String attempt = call.metadata("grpc-previous-rpc-attempts");
        if ("2".equals(attempt)) {
          call.respondEmpty();
        } else {
          call.end(Status.UNAVAILABLE.withDescription("out of order"));
        }
      });
    }

    @Override
    void run(TrialRun run) {
      run.calls().repeatWithRetries(4);
    }
  },

  SLOW_CREDENTIALS(
      "Slow credentials", "The token of each call arrives after a second.", WaitCause.CREDENTIALS) {
    @Override
    void run(TrialRun run) {
      run.calls().repeatWithSlowToken(4, Duration.ofSeconds(1));
    }
  };

  private static final int KIB = 1024;

  private final String title;
  private final String text;
  private final WaitCause cause;

  Trial(String title, String text, WaitCause cause) {
    this.title = title;
    this.text = text;
    this.cause = cause;
  }

  /** Sets how the server behaves, which otherwise responds to each call at once. */
  void prepare(FaultyServer server) {}

  /**
   * Returns how long the name resolver takes for the first address.
   *
   * @param trial how long the trial lasts
   */
  Duration lookUp(Duration trial) {
    return Duration.ZERO;
  }

  /** Makes the calls, and plans what happens to the server while they are in progress. */
  abstract void run(TrialRun run);

  String title() {
    return title;
  }

  String text() {
    return text;
  }

  /** What calls mostly wait for while the trial runs. */
  WaitCause cause() {
    return cause;
  }
}
