// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.allocation;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.transport.CallReport;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Makes the calls of a workload, a round at a time; a round ends when each of its calls has. */
final class CallRounds implements AutoCloseable {

  /** All that a server that ignores windows may send before it gets a WINDOW_UPDATE. */
  private static final int WINDOW = 1 << 24;

  private static final MethodDescriptor<BytesValue, BytesValue> UNARY = method(MethodType.UNARY);
  private static final MethodDescriptor<BytesValue, BytesValue> STREAM =
      method(MethodType.SERVER_STREAMING);

  private static final Map<String, ?> RETRIES = Map.of(
      "methodConfig",
      List.of(Map.of(
          "name",
          List.of(Map.of()),
          "retryPolicy",
          Map.of(
              "maxAttempts",
              4,
              "initialBackoff",
              "0.1s",
              "maxBackoff",
              "1s",
              "backoffMultiplier",
              2,
              "retryableStatusCodes",
              List.of("UNAVAILABLE")))),
      "retryThrottling",
      Map.of("maxTokens", 10, "tokenRatio", 0.1));

  private static final CallOptions AUTHENTICATED =
      CallOptions.DEFAULT.withCallCredentials(new Token());

  private final Workload workload;
  private final ClientConn conn;
  private final Channel channel;
  private final BytesValue request;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  /** Retained, so that the compiler cannot save the object. */
  @SuppressWarnings("unused")
  private volatile @Nullable CallReport lastReport;

  CallRounds(Workload workload, int port) {
    this.workload = workload;
    ClientConnBuilder builder = ClientConnBuilder.forAddress(
            InetAddress.getLoopbackAddress().getHostAddress(), port)
        .usePlaintext()
        .initialStreamWindow(WINDOW)
        .initialConnectionWindow(WINDOW);
    if (workload.direct()) {
      builder.directExecutor();
    }
    if (workload == Workload.RETRY_POLICY) {
      builder.defaultServiceConfig(RETRIES).disableServiceConfigLookUp();
    }
    if (workload == Workload.SELECTED_CONFIG) {
      useSelector(builder, port);
    }
    if (workload == Workload.REPORT) {
      builder.callReportListener(report -> lastReport = report);
    }
    conn = builder.build();
    channel = workload == Workload.METADATA
        ? ClientInterceptors.intercept(
            conn, MetadataUtils.newAttachHeadersInterceptor(tenEntries()))
        : conn;
    request = message(workload.requestBytes());
  }

  @SuppressWarnings("deprecation") // a resolver for this channel alone
  private static void useSelector(ClientConnBuilder builder, int port) {
    builder.nameResolverFactory(
        new SelectingResolvers(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
  }

  static BytesValue message(int bytes) {
    return BytesValue.of(ByteString.copyFrom(new byte[bytes]));
  }

  /** Returns when all calls have ended well. */
  void round() throws InterruptedException {
    if (workload == Workload.BLOCKING) {
      for (int i = 0; i < workload.callsInARound; i++) {
        ClientCalls.blockingUnaryCall(channel, UNARY, CallOptions.DEFAULT, request);
      }
      return;
    }
    AtomicInteger toStart = new AtomicInteger(workload.callsInARound);
    CountDownLatch lanes = new CountDownLatch(workload.inFlight);
    for (int i = 0; i < workload.inFlight; i++) {
      new Lane(toStart, lanes).next();
    }
    if (!lanes.await(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("calls have not ended within 60 s");
    }
    Throwable cause = failure.get();
    if (cause != null) {
      throw new IllegalStateException("a call failed", cause);
    }
  }

  @Override
  public void close() {
    conn.shutdownNow();
  }

  private ClientCall<BytesValue, BytesValue> call() {
    CallOptions options = switch (workload) {
      case METADATA -> CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.HOURS);
      case CREDENTIALS -> AUTHENTICATED;
      default -> CallOptions.DEFAULT;
    };
    return channel.newCall(workload.streams() ? STREAM : UNARY, options);
  }

  private static Metadata tenEntries() {
    Metadata metadata = new Metadata();
    for (int i = 0; i < 10; i++) {
      metadata.put(
          Metadata.Key.of("x-entry-" + i, Metadata.ASCII_STRING_MARSHALLER), "value-of-entry-" + i);
    }
    return metadata;
  }

  private static MethodDescriptor<BytesValue, BytesValue> method(MethodType type) {
    return MethodDescriptor.<BytesValue, BytesValue>newBuilder()
        .setType(type)
        .setFullMethodName("test.Allocation/" + type)
        .setRequestMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
        .setResponseMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
        .build();
  }

  /** Has its metadata, so that what a call allocates is the channel's. */
  private static final class Token extends CallCredentials {
    private final Metadata metadata = new Metadata();

    Token() {
      metadata.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer t");
    }

    @Override
    public void applyRequestMetadata(RequestInfo of, Executor on, MetadataApplier applier) {
      applier.apply(metadata);
    }
  }

  /** One call after the other, each begun by the end of the one before. */
  private final class Lane implements StreamObserver<BytesValue> {

    private final AtomicInteger toStart;
    private final CountDownLatch lanes;
    private int messages;

    Lane(AtomicInteger toStart, CountDownLatch lanes) {
      this.toStart = toStart;
      this.lanes = lanes;
    }

    void next() {
      if (toStart.getAndDecrement() <= 0) {
        lanes.countDown();
      } else if (workload.streams()) {
        ClientCalls.asyncServerStreamingCall(call(), request, this);
      } else {
        ClientCalls.asyncUnaryCall(call(), request, this);
      }
    }

    @Override
    public void onNext(BytesValue message) {
      messages++;
      if (message.getValue().size() != workload.responseBytes) {
        fail(new IllegalStateException("a message of " + message.getValue().size() + " bytes"));
      }
    }

    @Override
    public void onError(Throwable cause) {
      fail(cause);
      lanes.countDown();
    }

    @Override
    public void onCompleted() {
      if (messages != workload.messages) {
        fail(new IllegalStateException(messages + " messages"));
      }
      messages = 0;
      next();
    }

    private void fail(Throwable cause) {
      failure.compareAndSet(null, cause);
    }
  }
}
