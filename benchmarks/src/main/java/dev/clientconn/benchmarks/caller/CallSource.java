// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.caller;

import com.google.protobuf.BytesValue;
import dev.clientconn.benchmarks.workload.CallKind;
import dev.clientconn.benchmarks.workload.EchoMessages;
import dev.clientconn.benchmarks.workload.EchoMethods;
import dev.clientconn.benchmarks.workload.Workload;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import java.util.concurrent.TimeUnit;

/**
 * What callers make their calls from, and what the responses must be.
 *
 * @param channel where calls are made
 * @param kind the shape of a call
 * @param request the message of every request
 * @param requests how many a client stream sends
 * @param responseBytes bytes in each response's value
 * @param responses how many a call receives
 * @param base options of every call
 * @param deadline whether every call has one, long enough never to expire
 */
public record CallSource(
    Channel channel,
    CallKind kind,
    BytesValue request,
    int requests,
    int responseBytes,
    int responses,
    CallOptions base,
    boolean deadline) {

  private static final long DEADLINE_SECONDS = 60;

  public static CallSource of(Channel channel, Workload workload) {
    boolean gzip = workload.features().gzip();
    return new CallSource(
        channel,
        workload.kind(),
        EchoMessages.payload(workload.requestBytes()),
        workload.messages(),
        workload.responseBytes(),
        workload.responses(),
        gzip ? CallOptions.DEFAULT.withCompression("gzip") : CallOptions.DEFAULT,
        workload.features().deadline());
  }

  public MethodDescriptor<BytesValue, BytesValue> method() {
    return EchoMethods.of(kind);
  }

  /** Options of the next call; a deadline counts from now. */
  public CallOptions options() {
    return deadline ? base.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS) : base;
  }

  ClientCall<BytesValue, BytesValue> newCall() {
    return channel.newCall(method(), options());
  }

  /** Throws IllegalStateException for a response of another size than the workload's. */
  public void check(BytesValue response) {
    if (response.getValue().size() != responseBytes) {
      throw new IllegalStateException(
          "received a message of " + response.getValue().size() + " bytes, not " + responseBytes);
    }
  }

  /** Throws IllegalStateException for another number of responses than the workload's. */
  void checkResponses(int received) {
    if (received != responses) {
      throw new IllegalStateException(
          "a call ended after " + received + " messages, not " + responses);
    }
  }
}
