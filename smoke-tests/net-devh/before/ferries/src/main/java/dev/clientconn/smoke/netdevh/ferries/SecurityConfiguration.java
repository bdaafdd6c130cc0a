// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.netdevh.ferries;

import java.util.Map;
import net.devh.boot.grpc.client.inject.StubTransformer;
import net.devh.boot.grpc.client.security.CallCredentialsHelper;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Gives the calls of each client the credentials of its server. */
@Configuration(proxyBeanMethods = false)
public class SecurityConfiguration {

  @Value("${ferries.password}")
  private String password;

  @Bean
  StubTransformer credentials() {
    return CallCredentialsHelper.mappedCredentialsStubTransformer(
        Map.of("ferries", CallCredentialsHelper.basicAuth("harbour", this.password)));
  }
}
