// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * Lists the starters of other projects that read keys below {@code grpc.client} too, and finds
 * those on the class path. An application may have two while it moves from one to the other.
 */
enum OtherStarter {
  NET_DEVH(
      "net.devh:grpc-client-spring-boot-starter",
      "net.devh.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration",
      "Fields with net.devh's @GrpcClient get channels of that starter, which the keys directly"
          + " below grpc.client configure; it takes grpc.client.targets and grpc.client.defaults"
          + " for two of its clients. Fields with dev.clientconn.boot.GrpcClient get channels of"
          + " this starter."),

  GRPC_STARTER(
      "io.github.danielliu1123:grpc-starter",
      "grpcstarter.client.GrpcClientAutoConfiguration",
      "Stubs that are injected without @GrpcClient have channels of that starter, which the keys"
          + " directly below grpc.client configure. grpc.client.enabled switches both starters.");

  private final String artifact;

  private final String autoConfiguration;

  private final String border;

  OtherStarter(String artifact, String autoConfiguration, String border) {
    this.artifact = artifact;
    this.autoConfiguration = autoConfiguration;
    this.border = border;
  }

  /** Returns the starters on the class path. */
  static List<OtherStarter> on(@Nullable ClassLoader classPath) {
    return Arrays.stream(values()).filter(starter -> starter.isOn(classPath)).toList();
  }

  boolean isOn(@Nullable ClassLoader classPath) {
    return ClassUtils.isPresent(this.autoConfiguration, classPath);
  }

  String autoConfiguration() {
    return this.autoConfiguration;
  }

  /** Describes which of the two starters does what. */
  String warning() {
    return "There are two starters of gRPC clients on the classpath, this one and "
        + this.artifact
        + ". "
        + this.border
        + " Keys directly below grpc.client are neither checked nor translated."
        + " Remove the dependency on "
        + this.artifact
        + " when nothing uses it any longer.";
  }
}
