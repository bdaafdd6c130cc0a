// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Component;

/**
 * Declares a bean of type {@link io.grpc.ClientInterceptor} that is applied to all clients. On a
 * class it is a {@code @Component}, on a method a {@code @Bean}. It is needed only if {@code
 * grpc.client.interceptors.global} is {@code annotated}; otherwise all interceptor beans are
 * global.
 */
@Documented
@Component
@Bean
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface GrpcGlobalClientInterceptor {}
