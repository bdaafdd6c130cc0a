// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.web;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.sample.v1.PortCall;
import dev.clientconn.sample.v1.PortsGrpc.PortsStub;
import dev.clientconn.sample.v1.Position;
import dev.clientconn.sample.v1.Sighting;
import dev.clientconn.sample.v1.Voyage;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Calls a client-streaming and a bidirectional method with an asynchronous stub. No thread waits
 * for the responses.
 */
@RestController
class VoyageController {

  private final PortsStub ports;

  VoyageController(@GrpcClient("ports") PortsStub ports) {
    this.ports = ports;
  }

  @GetMapping("/voyages")
  CompletableFuture<VoyageView> voyage(@RequestParam List<String> via) {
    Replies<Voyage> replies = new Replies<>();
    StreamObserver<PortCall> calls = ports.measureVoyage(replies);
    via.forEach(locode -> calls.onNext(PortCall.newBuilder().setLocode(locode).build()));
    calls.onCompleted();
    return replies.future().thenApply(voyages -> VoyageView.of(voyages.get(0)));
  }

  @PostMapping("/sightings")
  CompletableFuture<List<SightingView>> sightings(@RequestBody List<PositionView> track) {
    Replies<Sighting> replies = new Replies<>();
    StreamObserver<Position> positions = ports.follow(replies);
    track.forEach(position -> positions.onNext(position.toMessage()));
    positions.onCompleted();
    return replies
        .future()
        .thenApply(found -> found.stream().map(SightingView::of).toList());
  }
}
