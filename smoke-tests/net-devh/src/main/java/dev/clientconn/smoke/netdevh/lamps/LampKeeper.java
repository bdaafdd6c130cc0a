// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.netdevh.lamps;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.smoke.netdevh.proto.LampsGrpc.LampsBlockingStub;
import dev.clientconn.smoke.netdevh.proto.Name;
import io.grpc.StatusRuntimeException;
import org.springframework.stereotype.Service;

/** Looks after the lamps. */
@Service
public class LampKeeper {

  @GrpcClient("lamps-server")
  private LampsBlockingStub lamps;

  public String look(String lamp) {
    try {
      return this.lamps.look(Name.newBuilder().setName(lamp).build()).getWord();
    } catch (StatusRuntimeException failed) {
      return "unknown: " + failed.getStatus().getCode();
    }
  }
}
