// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Excludes a bean of type {@link io.grpc.ClientInterceptor} from the global interceptors. It is
 * applied only to the clients that name it: in {@code grpc.client.targets.<name>.interceptors}, or
 * in {@link GrpcClient}. Use it on the class of the bean or on its {@code @Bean} method.
 */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface GrpcLocalClientInterceptor {}
