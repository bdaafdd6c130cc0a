// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import io.grpc.Channel;
import org.springframework.beans.factory.BeanFactory;

/** Makes the client behind each bean definition that {@link GrpcClientBeanRegistrar} wrote. */
final class GrpcClientBeanFactory {

  private final BeanFactory beanFactory;

  GrpcClientBeanFactory(BeanFactory beanFactory) {
    this.beanFactory = beanFactory;
  }

  /**
   * The factory method of the bean definitions.
   *
   * @param type the class of the stub, or that of the channel itself
   * @param channelBean the bean name of the channel
   */
  Object client(Class<?> type, String channelBean) {
    Channel channel = this.beanFactory.getBean(channelBean, Channel.class);
    if (type.isInstance(channel)) {
      return channel;
    }
    return StubMaker.find(type)
        .orElseThrow(() -> new IllegalStateException("Nothing makes stubs of " + type))
        .make(channel);
  }
}
