// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.netdevh.pilots;

import dev.clientconn.boot.GlobalClientInterceptorConfigurer;
import dev.clientconn.boot.GrpcChannelConfigurer;
import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.GrpcClientBean;
import dev.clientconn.boot.InterceptorOrder;
import dev.clientconn.smoke.netdevh.proto.PilotsGrpc.PilotsBlockingStub;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** Defines two clients of one server, and what their calls carry. */
@Configuration(proxyBeanMethods = false)
@GrpcClientBean(
    clazz = PilotsBlockingStub.class,
    beanName = "arrivals",
    client = @GrpcClient(value = "pilots", interceptorNames = "inbound"))
@GrpcClientBean(
    clazz = PilotsBlockingStub.class,
    beanName = "departures",
    client = @GrpcClient("pilots"))
public class Clients {

  static final Metadata.Key<String> TRACK =
      Metadata.Key.of("track", Metadata.ASCII_STRING_MARSHALLER);

  @Bean
  @Order(InterceptorOrder.ORDER_LAST)
  ClientInterceptor inbound() {
    return attach("inbound");
  }

  @Bean
  GlobalClientInterceptorConfigurer everyCall() {
    return interceptors -> interceptors.add(attach("harbour"));
  }

  @Bean
  GrpcChannelConfigurer named() {
    return (builder, name) -> builder.userAgent("harbour of " + name);
  }

  private static ClientInterceptor attach(String track) {
    Metadata metadata = new Metadata();
    metadata.put(TRACK, track);
    return MetadataUtils.newAttachHeadersInterceptor(metadata);
  }
}
