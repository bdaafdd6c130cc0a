// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.tls;

import io.netty.handler.ssl.SslProvider;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A test that the client's TLS must pass with the JDK's and with OpenSSL's implementation. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@EnumSource(
    value = SslProvider.class,
    names = {"JDK", "OPENSSL"})
@interface BothProviders {}
