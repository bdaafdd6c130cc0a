// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.protobuf.BytesValue;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import java.util.concurrent.TimeUnit;

/**
 * What a lane makes its calls from.
 *
 * @param channel where they go
 * @param kind their shape
 * @param request what they send; any number of times
 * @param requests how often, in a client stream
 * @param check what they must bring
 * @param base options of every call
 * @param deadline every call has one, long enough never to pass
 */
record CallSource(
    Channel channel,
    CallKind kind,
    BytesValue request,
    int requests,
    CallCheck check,
    CallOptions base,
    boolean deadline) {

  private static final long DEADLINE_SECONDS = 60;

  static CallSource of(Channel channel, Workload workload) {
    CallFeatures features = workload.features();
    return new CallSource(
        channel,
        workload.kind(),
        ResponseShape.payload(workload.requestBytes()),
        workload.messages(),
        new CallCheck(workload.response()),
        features.gzip() ? CallOptions.DEFAULT.withCompression("gzip") : CallOptions.DEFAULT,
        features.deadline());
  }

  MethodDescriptor<BytesValue, BytesValue> method() {
    return EchoMethods.of(kind);
  }

  /** For the next call; a deadline runs from now. */
  CallOptions options() {
    return deadline ? base.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS) : base;
  }

  ClientCall<BytesValue, BytesValue> newCall() {
    return channel.newCall(method(), options());
  }
}
