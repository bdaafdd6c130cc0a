// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.internal.channel.ChannelConfiguration;
import dev.clientconn.internal.concurrent.SharedThreads;
import dev.clientconn.internal.http2.Http2Connector;
import dev.clientconn.internal.http2.connect.CurrentTls;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/** The I/O that a channel's default dialer is made to use, whatever the machine would choose. */
public enum ChosenIo {
  EPOLL,
  NIO;

  public ClientConn build(ClientConnBuilder builder, @Nullable SslContext sslContext) {
    return ClientConn.open(new ChannelConfiguration(
        builder.configuration().options(),
        () -> Http2Connector.createOn(
            builder.transportOptions(),
            sslContext == null ? null : new CurrentTls(sslContext),
            factory()),
        () -> SharedThreads.lease(null, null),
        this));
  }

  private IoHandlerFactory factory() {
    return this == EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
  }
}
