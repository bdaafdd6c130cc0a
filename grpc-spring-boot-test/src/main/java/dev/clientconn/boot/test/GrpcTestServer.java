// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import io.grpc.BindableService;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Starts a gRPC server with the application context of a test, and points targets at it. The server
 * listens on a free port of the loopback interface and speaks HTTP/2, so a call takes the path that
 * it takes in production. All other settings of the targets, such as deadlines, retries and
 * interceptors, stay as the application has them.
 *
 * <pre>
 * &#64;SpringBootTest
 * &#64;GrpcTestServer(services = FakeGreeter.class)
 * class GreetingsTest {
 * }</pre>
 *
 * <p>The server starts before the first channel is created and stops when the context is closed.
 * Test classes whose annotations are equal share a context and its servers. The annotation is
 * repeatable and can be a meta-annotation. Subclasses and nested tests without one of their own
 * inherit it.
 *
 * <p>The start of the context fails if a target is not configured, if two servers name the same
 * target, or if a server has no services.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(GrpcTestServers.class)
public @interface GrpcTestServer {

  /**
   * The names of the targets that this server replaces; case and dashes do not matter.
   *
   * @return configured names; by default all targets that no other server of the test names
   */
  String[] targets() default {};

  /**
   * The classes of the services. A class of which there is no bean becomes one, so that its
   * constructor can have dependencies and the test can inject it.
   *
   * @return classes of services; by default all beans of type {@link BindableService}, those of the
   *     application included
   */
  Class<? extends BindableService>[] services() default {};

  /**
   * The location of a certificate chain in PEM, such as {@code classpath:server.crt}. With it the
   * server uses TLS, and the targets keep their {@code ssl} settings; the certificate must be valid
   * for {@code localhost}, or for the {@code authority} of the target. Without it the server uses
   * plaintext, and the {@code ssl} settings of the targets have no effect.
   *
   * @return a resource location, or an empty text for plaintext
   */
  String certificateChain() default "";

  /**
   * The location of the private key in PEM (PKCS #8) that belongs to {@link #certificateChain()}.
   *
   * @return a resource location, or an empty text for plaintext
   */
  String privateKey() default "";
}
