// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.page;

import dev.clientconn.boot.ClientConnRegistry;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;

/** Auto-configures a warning where the page is switched on and cannot be served. */
@AutoConfiguration(after = GrpcClientPageAutoConfiguration.class)
@ConditionalOnBooleanProperty("grpc.client.page.enabled")
@ConditionalOnBean(ClientConnRegistry.class)
@ConditionalOnMissingBean(name = GrpcClientPageAutoConfiguration.STREAM)
public final class GrpcClientPageNoticeAutoConfiguration {

  GrpcClientPageNoticeAutoConfiguration() {
    LogFactory.getLog(GrpcClientPageNoticeAutoConfiguration.class)
        .warn("grpc.client.page.enabled is true, but the page is not served: this is no servlet"
            + " application with Spring MVC (spring-boot-starter-webmvc). WebFlux is not"
            + " supported; the actuator endpoint grpcclients has the same data.");
  }
}
