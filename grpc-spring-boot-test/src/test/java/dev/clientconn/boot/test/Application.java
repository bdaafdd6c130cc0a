// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** The application that the tests start. Its targets are in application.yml. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(Greetings.class)
class Application {}
