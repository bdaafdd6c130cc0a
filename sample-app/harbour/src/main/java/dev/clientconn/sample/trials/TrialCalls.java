// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.trials;

import dev.clientconn.sample.v1.GetPortRequest;
import dev.clientconn.sample.v1.ListPortsRequest;
import dev.clientconn.sample.v1.Port;
import dev.clientconn.sample.v1.PortCall;
import dev.clientconn.sample.v1.PortsGrpc.PortsStub;
import dev.clientconn.sample.v1.Voyage;
import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Makes the calls of a trial, and counts how they end. */
final class TrialCalls {

  private static final int MESSAGE_BYTES = 8 * 1024;

  private static final GetPortRequest ROTTERDAM =
      GetPortRequest.newBuilder().setLocode("NLRTM").build();

  private final PortsStub ports;
  private final TrialRun run;
  private final Map<String, Integer> outcomes = new TreeMap<>();

  /**
   * Creates the calls of one trial.
   *
   * @param ports with the end of the trial as its deadline
   */
  TrialCalls(PortsStub ports, TrialRun run) {
    this.ports = ports;
    this.run = run;
  }

  /** Makes several calls at the same time, and another one after each that succeeds. */
  void repeat(int calls) {
    repeat(calls, ports);
  }

  private void repeat(int calls, PortsStub ports) {
    for (int i = 0; i < calls; i++) {
      run.now(() -> ports.getPort(ROTTERDAM, new Outcome<>(afterSuccess(() -> repeat(1, ports)))));
    }
  }

  /** Makes a call at intervals, whether those before have ended or not. */
  void every(Duration interval) {
    run.now(() -> ports.getPort(ROTTERDAM, new Outcome<>(this::ended)));
    run.after(interval, () -> every(interval));
  }

  /** Like {@link #repeat(int)}, with the method that has a retry policy in application.yml. */
  void repeatWithRetries(int calls) {
    for (int i = 0; i < calls; i++) {
      run.now(() -> ports.listPorts(
          ListPortsRequest.getDefaultInstance(),
          new Outcome<>(afterSuccess(() -> repeatWithRetries(1)))));
    }
  }

  /** Like {@link #repeat(int)}, with credentials that take some time. */
  void repeatWithSlowToken(int calls, Duration delay) {
    repeat(calls, ports.withCallCredentials(new CallCredentials() {
      @Override
      public void applyRequestMetadata(
          RequestInfo request, Executor executor, MetadataApplier applier) {
        run.after(delay, () -> applier.apply(new Metadata()));
      }
    }));
  }

  /** Takes the first message of a streaming response, and requests no other. */
  void readOne() {
    run.now(() -> ports.listPorts(
        ListPortsRequest.getDefaultInstance(), new Outcome<ListPortsRequest, Port>(this::ended) {
          @Override
          public void beforeStart(ClientCallStreamObserver<ListPortsRequest> call) {
            call.disableAutoRequestWithInitial(1);
          }
        }));
  }

  /** Sends a request of many messages, as fast as the transport takes them. */
  void upload(int bytes) {
    PortCall message =
        PortCall.newBuilder().setLocode("X".repeat(MESSAGE_BYTES)).build();
    run.now(() -> ports.measureVoyage(new Outcome<PortCall, Voyage>(this::ended) {

      private int left = bytes / MESSAGE_BYTES;

      @Override
      public void beforeStart(ClientCallStreamObserver<PortCall> call) {
        call.setOnReadyHandler(() -> {
          while (left > 0 && call.isReady()) {
            call.onNext(message);
            left--;
            if (left == 0) {
              call.onCompleted();
            }
          }
        });
      }
    }));
  }

  /** Returns how many calls have ended with each status. */
  synchronized Map<String, Integer> outcomes() {
    return new TreeMap<>(outcomes);
  }

  private Consumer<Status> afterSuccess(Runnable next) {
    return status -> {
      ended(status);
      if (status.isOk()) {
        next.run();
      }
    };
  }

  private synchronized void ended(Status status) {
    outcomes.merge(status.getCode().name(), 1, Integer::sum);
  }
}
