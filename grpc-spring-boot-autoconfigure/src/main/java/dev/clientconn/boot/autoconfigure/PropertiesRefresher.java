// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.ClientConnFactory;
import dev.clientconn.boot.ClientConnRefresher;
import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindingPostProcessor;
import org.springframework.core.env.Environment;

/** Binds {@code grpc.client} again and gives channels whose settings differ the new ones. */
@CrossesThreads
final class PropertiesRefresher implements ClientConnRefresher {

  private static final Log logger = LogFactory.getLog(PropertiesRefresher.class);

  private static final String ALL = "";

  private final Environment environment;

  private final @Nullable ClassLoader classLoader;

  private final ConfigurationPropertiesBindingPostProcessor binding;

  private final InheritedSettings settings;

  private final ClientConnFactory factory;

  /** Guarded by this: the last warning of each target, so that it is not repeated. */
  private final Map<String, String> warnings = new HashMap<>();

  /** Guarded by this: targets that have a channel, or were reported. */
  private final Set<String> known;

  PropertiesRefresher(
      Environment environment,
      @Nullable ClassLoader classLoader,
      ConfigurationPropertiesBindingPostProcessor binding,
      InheritedSettings settings,
      ClientConnFactory factory) {
    this.environment = environment;
    this.classLoader = classLoader;
    this.binding = binding;
    this.settings = settings;
    this.factory = factory;
    this.known = new HashSet<>(canonical(settings.targetNames()));
  }

  private static List<String> canonical(List<String> names) {
    return names.stream().map(TargetNames::canonical).toList();
  }

  @Override
  public synchronized List<String> refresh() {
    if (!(this.factory instanceof PropertiesClientConnFactory properties)) {
      warn(
          ALL,
          "The application has a ClientConnFactory of its own, whose channels do not take"
              + " changed properties");
      return List.of();
    }
    if (!bind()) {
      return List.of();
    }
    List<String> changed = new ArrayList<>();
    for (ConfiguredChannel channel : properties.channels()) {
      try {
        if (properties.reconfigure(channel)) {
          changed.add(channel.target());
        }
        this.warnings.remove(channel.target());
      } catch (UnknownGrpcTargetException removed) {
        warn(
            channel.target(),
            "The gRPC target '" + channel.target()
                + "' is not configured any more; its channel keeps its last settings");
      } catch (Throwable refused) {
        // Errors too: a customizer that throws one must not keep the others from their settings.
        warn(
            channel.target(),
            "The changed settings of the gRPC target '" + channel.target()
                + "' are not used; its channel keeps those before: " + describe(refused));
      }
    }
    return changed;
  }

  /** Returns false if the properties cannot be bound; those before stay in force. */
  private boolean bind() {
    try {
      KeyCheck.runAgain(this.environment, this.classLoader);
      GrpcClientTargets targets = GrpcClientTargets.of(this.environment);
      GrpcClientProperties bound = new GrpcClientProperties();
      this.binding.postProcessBeforeInitialization(
          bound, "grpc.client-" + GrpcClientProperties.class.getName());
      this.settings.replace(bound, targets);
      this.warnings.remove(ALL);
      reportNew(targets.names());
      return true;
    } catch (Throwable refused) {
      warn(
          ALL,
          "The changed settings of gRPC clients are not used; all channels keep those before: "
              + describe(refused));
      return false;
    }
  }

  private void reportNew(List<String> names) {
    for (String name : names) {
      if (this.known.add(TargetNames.canonical(name))) {
        logger.info("The gRPC target '" + name + "' is new. ClientConnFactory creates channels for"
            + " it; clients are injected after a restart");
      }
    }
  }

  private String describe(Throwable refused) {
    return RefusedSettings.describe(refused, this.settings.properties());
  }

  private void warn(String target, String text) {
    if (!text.equals(this.warnings.put(target, text))) {
      logger.warn(text);
    }
  }
}
