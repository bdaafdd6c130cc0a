// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.refresh;

import dev.clientconn.boot.ClientConnRefresher;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configures changes of gRPC clients at run time: with Spring Cloud, each change of the
 * environment is applied.
 */
@AutoConfiguration(after = GrpcClientAutoConfiguration.class)
@ConditionalOnClass(EnvironmentChangeEvent.class)
@ConditionalOnBean(ClientConnRefresher.class)
public final class GrpcClientRefreshAutoConfiguration {

  GrpcClientRefreshAutoConfiguration() {}

  @Bean
  EnvironmentChangeListener grpcClientEnvironmentChangeListener(ClientConnRefresher refresher) {
    return new EnvironmentChangeListener(refresher);
  }
}
