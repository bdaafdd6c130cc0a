// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.web;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.sample.v1.GetPortRequest;
import dev.clientconn.sample.v1.ListPortsRequest;
import dev.clientconn.sample.v1.Port;
import dev.clientconn.sample.v1.PortsGrpc.PortsBlockingStub;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Calls a unary and a server-streaming method with a blocking stub. */
@RestController
@RequestMapping("/ports")
class PortController {

  private final PortsBlockingStub ports;

  PortController(@GrpcClient("ports") PortsBlockingStub ports) {
    this.ports = ports;
  }

  @GetMapping("/{locode}")
  PortView port(@PathVariable String locode) {
    return PortView.of(
        ports.getPort(GetPortRequest.newBuilder().setLocode(locode).build()));
  }

  @GetMapping
  List<PortView> portsOf(@RequestParam String country) {
    Iterator<Port> replies =
        ports.listPorts(ListPortsRequest.newBuilder().setCountry(country).build());
    List<PortView> found = new ArrayList<>();
    replies.forEachRemaining(port -> found.add(PortView.of(port)));
    return found;
  }
}
