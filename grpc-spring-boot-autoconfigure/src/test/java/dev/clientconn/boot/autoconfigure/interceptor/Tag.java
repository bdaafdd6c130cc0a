// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.interceptor;

import dev.clientconn.boot.autoconfigure.HealthServer;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.List;

/** Adds its name to a header of each call, so that a server sees who ran in which order. */
public class Tag implements ClientInterceptor {

  private static final Metadata.Key<String> PATH =
      Metadata.Key.of("path", Metadata.ASCII_STRING_MARSHALLER);

  private final String name;

  public Tag(String name) {
    this.name = name;
  }

  /** Returns the names in the last call to a server, the outermost first. */
  public static List<String> path(HealthServer server) {
    List<String> path = new ArrayList<>();
    Iterable<String> values = server.headers.get(server.headers.size() - 1).getAll(PATH);
    if (values != null) {
      values.forEach(path::add);
    }
    return path;
  }

  @Override
  public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
      MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
    return new SimpleForwardingClientCall<ReqT, RespT>(next.newCall(method, options)) {
      @Override
      public void start(Listener<RespT> listener, Metadata headers) {
        headers.put(PATH, Tag.this.name);
        super.start(listener, headers);
      }
    };
  }
}
