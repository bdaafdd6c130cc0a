// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.credentials.oauth2;

import dev.clientconn.boot.autoconfigure.credentials.TokenSources;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.web.client.RestClient;

/** Auto-configures credentials of gRPC clients from Spring Security's OAuth2 client. */
@AutoConfiguration(
    afterName = "org.springframework.boot.security.oauth2.client.autoconfigure"
        + ".OAuth2ClientAutoConfiguration")
@ConditionalOnClass({ClientRegistrationRepository.class, RestClient.class})
@ConditionalOnBean(ClientRegistrationRepository.class)
public final class GrpcClientOAuth2AutoConfiguration {

  GrpcClientOAuth2AutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  TokenSources grpcClientTokenSources(
      ClientRegistrationRepository registrations,
      ObjectProvider<OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest>>
          clients) {
    return new RegisteredTokenSources(registrations, clients);
  }
}
