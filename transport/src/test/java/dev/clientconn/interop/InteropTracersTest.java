// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop;

import dev.clientconn.ClientConnBuilder;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerBuilder;
import io.grpc.census.InternalCensusTracingAccessor;
import io.grpc.netty.InternalNettyServerBuilder;
import io.grpc.testing.integration.AbstractInteropTest;
import org.junit.runner.RunWith;
import org.junit.runners.JUnit4;

/**
 * grpc-java's interop suite with its census tracers installed: the exact order and sizes of tracer
 * events count.
 */
@RunWith(JUnit4.class)
public class InteropTracersTest extends AbstractInteropTest {

  private final InteropServer server = new InteropServer(InsecureServerCredentials.create());

  @Override
  protected ServerBuilder<?> getServerBuilder() {
    InternalNettyServerBuilder.setStatsEnabled(server.netty(), false);
    return server.addStreamTracerFactory(createCustomCensusTracerFactory());
  }

  @Override
  protected ClientConnBuilder createChannelBuilder() {
    return ClientConnBuilder.forAddress("localhost", server.port())
        .usePlaintext()
        .maxInboundMessageSize(AbstractInteropTest.MAX_MESSAGE_SIZE)
        // grpc-java's own channels find census tracing by reflection; here it is asked for.
        .intercept(
            createCensusStatsClientInterceptor(),
            InternalCensusTracingAccessor.getClientInterceptor());
  }
}
