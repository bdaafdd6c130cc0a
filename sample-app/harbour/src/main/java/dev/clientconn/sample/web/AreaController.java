// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.web;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.sample.v1.Area;
import dev.clientconn.sample.v1.ListPortsRequest;
import dev.clientconn.sample.v1.PortsGrpc.PortsStub;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Calls a server-streaming method with an asynchronous stub. Each port is sent as an event before
 * the next one is received.
 */
@RestController
class AreaController {

  private final PortsStub ports;

  AreaController(@GrpcClient("ports") PortsStub ports) {
    this.ports = ports;
  }

  @GetMapping(path = "/areas", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  SseEmitter portsWithin(
      @RequestParam double south,
      @RequestParam double west,
      @RequestParam double north,
      @RequestParam double east) {
    Area area = Area.newBuilder()
        .setSouthWest(new PositionView(south, west).toMessage())
        .setNorthEast(new PositionView(north, east).toMessage())
        .build();
    SseEmitter events = new SseEmitter();
    ports.listPorts(ListPortsRequest.newBuilder().setArea(area).build(), new PortEvents(events));
    return events;
  }
}
