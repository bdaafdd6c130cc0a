// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import dev.clientconn.boot.autoconfigure.ClientConnBeanRegistrar;
import dev.clientconn.boot.autoconfigure.interceptor.InjectedInterceptors;
import dev.clientconn.boot.autoconfigure.interceptor.InterceptorBeans;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import java.util.List;
import org.springframework.beans.factory.BeanFactory;

/** Creates the client of each bean definition that {@link GrpcClientBeanDefinition} registers. */
final class GrpcClientBeanFactory {

  private final BeanFactory beanFactory;

  private final StubCreator stubs;

  private final InterceptorBeans interceptors;

  GrpcClientBeanFactory(BeanFactory beanFactory, InterceptorBeans interceptors) {
    this.beanFactory = beanFactory;
    this.stubs = new StubCreator(beanFactory);
    this.interceptors = interceptors;
  }

  /**
   * Factory method of the bean definitions of clients without interceptors of their own.
   *
   * @param type the class of the stub, or {@link dev.clientconn.ClientConn}
   * @param channelBean the bean name of the channel
   */
  Object client(Class<?> type, String channelBean) {
    return make(type, channelBean, channel(channelBean));
  }

  /**
   * Factory method of the bean definitions of clients with interceptors of their own.
   *
   * @param type the class of the stub, or {@link Channel}
   * @param channelBean the bean name of the channel
   * @param types the classes of the interceptors
   * @param names the bean names of the interceptors
   * @param sort whether all interceptors of the client are sorted together
   * @param owner the annotation and its place, for messages
   */
  Object interceptedClient(
      Class<?> type,
      String channelBean,
      Class<? extends ClientInterceptor>[] types,
      String[] names,
      boolean sort,
      String owner) {
    InjectedInterceptors injected = new InjectedInterceptors(List.of(types), List.of(names), sort);
    String target = ClientConnBeanRegistrar.target(channelBean);
    return make(
        type,
        channelBean,
        this.interceptors.intercept(channel(channelBean), target, owner, injected));
  }

  private Channel channel(String channelBean) {
    return this.beanFactory.getBean(channelBean, Channel.class);
  }

  private Object make(Class<?> type, String channelBean, Channel channel) {
    return type.isInstance(channel)
        ? channel
        : this.stubs.create(type, ClientConnBeanRegistrar.target(channelBean), channel);
  }
}
