// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import io.grpc.BindableService;
import io.grpc.HandlerRegistry;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.util.function.SingletonSupplier;

/** Finds the methods of a server in the service beans of a test, once they are needed. */
final class ServiceBeans extends HandlerRegistry {

  private final String where;

  private final Class<? extends BindableService>[] types;

  private final ListableBeanFactory beans;

  private final SingletonSupplier<Map<String, ServerMethodDefinition<?, ?>>> methods =
      SingletonSupplier.of(this::bind);

  ServiceBeans(String where, Class<? extends BindableService>[] types, ListableBeanFactory beans) {
    this.where = where;
    this.types = types;
    this.beans = beans;
  }

  /**
   * Creates the service beans and reads their methods.
   *
   * @throws InvalidTestServerException if there are no services, or two of the same name
   */
  void resolve() {
    this.methods.obtain();
  }

  @Override
  public @Nullable ServerMethodDefinition<?, ?> lookupMethod(
      String method, @Nullable String authority) {
    return this.methods.obtain().get(method);
  }

  private Map<String, ServerMethodDefinition<?, ?>> bind() {
    Map<String, String> owners = new HashMap<>();
    Map<String, ServerMethodDefinition<?, ?>> bound = new HashMap<>();
    find().forEach((bean, service) -> {
      ServerServiceDefinition definition = service.bindService();
      String name = definition.getServiceDescriptor().getName();
      String other = owners.put(name, bean);
      if (other != null) {
        throw InvalidTestServerException.sameService(this.where, name, List.of(other, bean));
      }
      definition
          .getMethods()
          .forEach(method -> bound.put(method.getMethodDescriptor().getFullMethodName(), method));
    });
    if (owners.isEmpty()) {
      throw InvalidTestServerException.noServices(this.where);
    }
    return bound;
  }

  private Map<String, BindableService> find() {
    if (this.types.length == 0) {
      return new LinkedHashMap<>(this.beans.getBeansOfType(BindableService.class));
    }
    Map<String, BindableService> found = new LinkedHashMap<>();
    for (Class<? extends BindableService> type : this.types) {
      found.putAll(this.beans.getBeansOfType(type));
    }
    return found;
  }
}
