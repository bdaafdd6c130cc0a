// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.internal.channel.SharedThreads;
import dev.clientconn.internal.http2.Http2Connector;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The I/O that a channel's default dialer is made to use, whatever the machine would choose. */
public enum ChosenIo {
  EPOLL(EpollIoHandler::newFactory),
  NIO(NioIoHandler::newFactory);

  private final Supplier<IoHandlerFactory> factory;

  ChosenIo(Supplier<IoHandlerFactory> factory) {
    this.factory = factory;
  }

  public ClientConn build(ClientConnBuilder builder, @Nullable SslContext sslContext) {
    return ClientConnBuilder.build(
        builder.channelOptions(),
        Http2Connector.createOn(builder.transportOptions(), sslContext, factory.get()),
        SharedThreads.lease(null, null));
  }
}
