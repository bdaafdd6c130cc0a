// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.xds;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.smoke.xds.orders.OrderRequest;
import dev.clientconn.smoke.xds.orders.OrdersGrpc.OrdersBlockingStub;
import org.springframework.stereotype.Service;

/** Finds orders on servers that the control plane knows. */
@Service
class OrderBook {

  private final OrdersBlockingStub orders;

  OrderBook(@GrpcClient("orders") OrdersBlockingStub orders) {
    this.orders = orders;
  }

  /** Returns the name of the server that has the order. */
  String find(String id) {
    return this.orders.find(OrderRequest.newBuilder().setId(id).build()).getServer();
  }
}
