// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.netdevh.lamps;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import net.devh.boot.grpc.client.interceptor.GrpcGlobalClientInterceptor;
import org.springframework.context.annotation.Configuration;

/** Keeps a log of all calls. */
@Configuration(proxyBeanMethods = false)
public class CallLog {

  final List<String> calls = new CopyOnWriteArrayList<>();

  @GrpcGlobalClientInterceptor
  ClientInterceptor logCalls() {
    return new ClientInterceptor() {
      @Override
      public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
          MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
        CallLog.this.calls.add(method.getFullMethodName());
        return next.newCall(method, options);
      }
    };
  }
}
