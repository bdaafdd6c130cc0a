// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.suites;

import com.google.protobuf.Empty;
import dev.clientconn.interop.suites.SuiteCase.StreamType;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;
import java.util.concurrent.TimeUnit;

/**
 * Makes one call as a case describes it. It uses {@link ClientCall} itself: what the channel
 * reports is the result, with nothing that stubs add.
 */
final class SuiteCall {
  private static final MethodDescriptor.Marshaller<Empty> MARSHALLER =
      ProtoUtils.marshaller(Empty.getDefaultInstance());

  private final SuiteCase suiteCase;
  private final ClientCall<Empty, Empty> call;
  private final SuiteResult result;
  private final ResponseQueue responses;
  private long received;
  private boolean cancelled;

  SuiteCall(SuiteCase suiteCase, Channel channel) {
    this.suiteCase = suiteCase;
    MethodDescriptor<Empty, Empty> method = MethodDescriptor.<Empty, Empty>newBuilder()
        .setFullMethodName(suiteCase.method())
        .setType(methodType(suiteCase.type()))
        .setRequestMarshaller(MARSHALLER)
        .setResponseMarshaller(MARSHALLER)
        .build();
    CallOptions options = CallOptions.DEFAULT;
    if (suiteCase.gzip()) {
      options = options.withCompression("gzip");
    }
    if (suiteCase.timeoutMillis().isPresent()) {
      options =
          options.withDeadlineAfter(suiteCase.timeoutMillis().getAsLong(), TimeUnit.MILLISECONDS);
    }
    this.call = channel.newCall(method, options);
    this.result = new SuiteResult(method.getType().serverSendsOneMessage());
    this.responses = new ResponseQueue(result);
  }

  SuiteResult run() throws InterruptedException {
    call.start(responses, suiteCase.headers());
    sendRequests();
    halfClose();
    while (receive()) {
      // receive() collects.
    }
    return result;
  }

  private void sendRequests() throws InterruptedException {
    boolean streams = !methodType(suiteCase.type()).clientSendsOneMessage();
    for (int i = 0; i < suiteCase.messages().size(); i++) {
      if (streams) {
        TimeUnit.MILLISECONDS.sleep(suiteCase.requestDelayMillis());
      }
      if (responses.ended()) {
        result.unsentRequests(suiteCase.messages().size() - i);
        return;
      }
      if (!cancelled) {
        call.sendMessage(suiteCase.messages().get(i));
      }
      if (suiteCase.type() == StreamType.FULL_DUPLEX_BIDI_STREAM) {
        receive();
      }
    }
  }

  private void halfClose() throws InterruptedException {
    if (suiteCase.cancelBeforeHalfClose()) {
      cancel();
    }
    if (!cancelled) {
      call.halfClose();
    }
    if (suiteCase.cancelAfterHalfCloseMillis().isPresent()) {
      TimeUnit.MILLISECONDS.sleep(suiteCase.cancelAfterHalfCloseMillis().getAsLong());
      cancel();
    }
  }

  /** Asks for one response and waits for it; false if the call has ended instead. */
  private boolean receive() throws InterruptedException {
    call.request(1);
    if (!responses.await()) {
      return false;
    }
    if (++received == suiteCase.cancelAfterResponses()) {
      cancel();
    }
    return true;
  }

  private void cancel() {
    cancelled = true;
    call.cancel("the case wants it", null);
  }

  private static MethodType methodType(StreamType type) {
    return switch (type) {
      case UNARY -> MethodType.UNARY;
      case CLIENT_STREAM -> MethodType.CLIENT_STREAMING;
      case SERVER_STREAM -> MethodType.SERVER_STREAMING;
      case HALF_DUPLEX_BIDI_STREAM, FULL_DUPLEX_BIDI_STREAM -> MethodType.BIDI_STREAMING;
      case UNSPECIFIED -> throw new IllegalArgumentException("no stream type");
    };
  }
}
