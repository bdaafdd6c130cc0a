// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.interceptor;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;

/**
 * Makes the calls of a client that has interceptors of its own. Where the channel has interceptors
 * too, those of the client run inside of them; any other channel is called through those of the
 * client.
 */
final class InterceptedClientChannel extends Channel {

  private final Channel channel;

  private final InterceptorChain chain;

  private final boolean runsInChannel;

  InterceptedClientChannel(Channel channel, InterceptorChain chain, boolean runsInChannel) {
    this.channel = channel;
    this.chain = chain;
    this.runsInChannel = runsInChannel;
  }

  @Override
  public <ReqT, RespT> ClientCall<ReqT, RespT> newCall(
      MethodDescriptor<ReqT, RespT> method, CallOptions options) {
    return this.runsInChannel
        ? this.channel.newCall(method, options.withOption(TargetInterceptors.CLIENT, this.chain))
        : this.chain.newCall(method, options, this.channel, null);
  }

  @Override
  public String authority() {
    return this.channel.authority();
  }
}
