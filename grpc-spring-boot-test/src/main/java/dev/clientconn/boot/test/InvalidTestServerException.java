// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import dev.clientconn.boot.autoconfigure.GrpcClientConfigurationException;
import java.util.Collection;
import java.util.List;

/** Thrown if a {@link GrpcTestServer} cannot be started as it is declared. */
public final class InvalidTestServerException extends GrpcClientConfigurationException {

  private static final long serialVersionUID = 1L;

  private InvalidTestServerException(String message, String action) {
    super(message, action);
  }

  static InvalidTestServerException twoWithoutTargets(Class<?> testClass) {
    return new InvalidTestServerException(
        "Two @GrpcTestServer annotations of %s name no targets, so each would replace all."
            .formatted(testClass.getName()),
        """
        Name the targets of all servers but one, for example:

            @GrpcTestServer(targets = "<name of the target>")""");
  }

  static InvalidTestServerException sharedTarget(Class<?> testClass, String target) {
    return new InvalidTestServerException(
        "Two @GrpcTestServer annotations of %s name the target '%s'."
            .formatted(testClass.getName(), target),
        "Remove the name from one of them.");
  }

  static InvalidTestServerException noTargets(Class<?> testClass, List<String> configured) {
    return configured.isEmpty()
        ? new InvalidTestServerException(
            "@GrpcTestServer on %s replaces no target: none is configured."
                .formatted(testClass.getName()),
            "Configure targets below grpc.client.targets, in a file that the test loads"
                + " or in the properties of the test.")
        : new InvalidTestServerException(
            "@GrpcTestServer without targets on %s replaces nothing: other servers name all of %s."
                .formatted(testClass.getName(), configured),
            "Remove it, or name its targets.");
  }

  static InvalidTestServerException noServices(String where) {
    return new InvalidTestServerException(
        where + " has no services: there are no beans of type io.grpc.BindableService.", """
        Name the classes of the services:

            @GrpcTestServer(services = FakeGreeter.class)

        or define them as beans in a @TestConfiguration.""");
  }

  static InvalidTestServerException sameService(
      String where, String service, Collection<String> beans) {
    return new InvalidTestServerException(
        "%s has several services of the name %s: the beans %s."
            .formatted(where, service, String.join(", ", beans)),
        "Choose with @GrpcTestServer(services = ...), which leaves out all other beans.");
  }

  static InvalidTestServerException incompleteTls(String where) {
    return new InvalidTestServerException(
        where + " has one of certificateChain and privateKey. TLS requires both.",
        "Set both to locations of PEM files, such as classpath:server.crt,"
            + " or neither for plaintext.");
  }

  static InvalidTestServerException cannotStart(String where, Exception failure) {
    InvalidTestServerException exception = new InvalidTestServerException(
        "%s cannot be started: %s".formatted(where, failure),
        "Check the files of certificateChain and privateKey: a PEM certificate chain, and its PEM"
            + " key in PKCS #8 without a password.");
    exception.initCause(failure);
    return exception;
  }
}
