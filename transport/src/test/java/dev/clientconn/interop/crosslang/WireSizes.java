// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Notes how many bytes each message of a call took on the wire: what was compressed, took fewer
 * than its payload.
 */
final class WireSizes extends ClientStreamTracer.Factory implements ClientInterceptor {
  private final List<Long> sent = new CopyOnWriteArrayList<>();
  private final List<Long> received = new CopyOnWriteArrayList<>();

  List<Long> sent() {
    return sent;
  }

  List<Long> received() {
    return received;
  }

  @Override
  public <I, O> ClientCall<I, O> interceptCall(
      MethodDescriptor<I, O> method, CallOptions options, Channel next) {
    return next.newCall(method, options.withStreamTracerFactory(this));
  }

  @Override
  public ClientStreamTracer newClientStreamTracer(
      ClientStreamTracer.StreamInfo info, Metadata headers) {
    return new ClientStreamTracer() {
      @Override
      public void outboundMessageSent(int number, long wireSize, long uncompressedSize) {
        sent.add(wireSize);
      }

      @Override
      public void inboundMessageRead(int number, long wireSize, long uncompressedSize) {
        received.add(wireSize);
      }
    };
  }
}
