// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.startup;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.util.concurrent.TimeUnit;

/**
 * Makes one plaintext call to the target named by its argument, in a JVM that has done nothing
 * else.
 */
final class FirstCall {

  private FirstCall() {}

  public static void main(String[] args) throws Exception {
    ClientConn conn = ClientConnBuilder.forTarget(args[0]).usePlaintext().build();
    System.out.println(HealthGrpc.newBlockingStub(conn)
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus());
    if (!conn.shutdown().awaitTermination(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the channel did not terminate within 30 s");
    }
  }
}
