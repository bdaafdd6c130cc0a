// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.StringUtils;

/**
 * Runs the server of one {@link GrpcTestServer}. The port must be known before there are beans, so
 * it starts without services and looks them up when the first call arrives.
 */
final class TestServer {

  private static final int STOP_SECONDS = 5;

  private final String where;

  private final GrpcTestServer declaration;

  private final ServiceBeans services;

  private @Nullable Server server;

  TestServer(Class<?> testClass, GrpcTestServer declaration, ListableBeanFactory beans) {
    this.where = "@GrpcTestServer on " + testClass.getName();
    this.declaration = declaration;
    this.services = new ServiceBeans(this.where, declaration.services(), beans);
  }

  static boolean usesTls(GrpcTestServer declaration) {
    return StringUtils.hasText(declaration.certificateChain());
  }

  /**
   * Starts to listen on a free port of the loopback interface.
   *
   * @return the port
   */
  int start(ResourceLoader resources) {
    if (usesTls(this.declaration) != StringUtils.hasText(this.declaration.privateKey())) {
      throw InvalidTestServerException.incompleteTls(this.where);
    }
    try {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      NettyServerBuilder builder = NettyServerBuilder.forAddress(address)
          .fallbackHandlerRegistry(this.services)
          // A fake accepts what the application sends; limits are the business of its targets.
          .maxInboundMessageSize(Integer.MAX_VALUE)
          .permitKeepAliveTime(1, TimeUnit.SECONDS)
          .permitKeepAliveWithoutCalls(true);
      if (usesTls(this.declaration)) {
        try (InputStream certificates = open(resources, this.declaration.certificateChain());
            InputStream key = open(resources, this.declaration.privateKey())) {
          builder.useTransportSecurity(certificates, key);
        }
      }
      Server started = builder.build().start();
      this.server = started;
      return started.getPort();
    } catch (IOException | IllegalArgumentException failure) {
      throw InvalidTestServerException.cannotStart(this.where, failure);
    }
  }

  private static InputStream open(ResourceLoader resources, String location) throws IOException {
    return resources.getResource(location).getInputStream();
  }

  void resolveServices() {
    this.services.resolve();
  }

  void stop() {
    if (this.server == null) {
      return;
    }
    this.server.shutdownNow();
    try {
      this.server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
