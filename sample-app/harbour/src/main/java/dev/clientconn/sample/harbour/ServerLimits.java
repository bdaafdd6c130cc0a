// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.harbour;

import io.grpc.netty.NettyServerBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.server.ServerBuilderCustomizer;

/**
 * Limits a client to 100 concurrent streams, as most servers do, so that the meters of the
 * transport show a limit.
 */
@Configuration(proxyBeanMethods = false)
class ServerLimits {

  @Bean
  ServerBuilderCustomizer<NettyServerBuilder> hundredStreams() {
    return server -> server.maxConcurrentCallsPerConnection(100);
  }
}
