// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import io.grpc.Channel;
import org.springframework.beans.factory.BeanFactory;

/** Creates the client of each bean definition that {@link GrpcClientBeanRegistrar} registers. */
final class GrpcClientBeanFactory {

  private final BeanFactory beanFactory;

  GrpcClientBeanFactory(BeanFactory beanFactory) {
    this.beanFactory = beanFactory;
  }

  /**
   * Factory method of the bean definitions.
   *
   * @param type the class of the stub, or {@link dev.clientconn.ClientConn}
   * @param channelBean the bean name of the channel
   */
  Object client(Class<?> type, String channelBean) {
    Channel channel = this.beanFactory.getBean(channelBean, Channel.class);
    if (type.isInstance(channel)) {
      return channel;
    }
    return StubMaker.find(type)
        .orElseThrow(
            () -> new IllegalStateException("There is no factory method for stubs of " + type))
        .make(channel);
  }
}
