// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.xds;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A control plane that sends what no client can use, or disappears. */
class BadControlPlaneTest extends MeshTest {
  private final ControlPlane control = ControlPlane.SHARED;

  @BeforeEach
  void forgetRejections() {
    control.rejections.clear();
  }

  @Test
  void firstResourceThatIsGarbageFailsCallsUntilThereIsAGoodOne() throws Exception {
    try (OrdersClient client = client(new Mesh().brokenService("orders"))) {
      assertThat(client.failure().getCode()).isEqualTo(Code.UNAVAILABLE);
      assertThat(client.failure().getDescription()).contains("orders");
      OrdersClient.await("the client rejects it", () -> !control.rejections.isEmpty());

      control.serve(Mesh.of("orders", red));
      OrdersClient.await("the good one arrives", () -> {
        try {
          return client.find().equals("red");
        } catch (StatusRuntimeException e) {
          return false;
        }
      });
    }
  }

  @Test
  void laterResourceThatIsGarbageLeavesTheLastGoodOne() throws Exception {
    try (OrdersClient client = client(Mesh.of("orders", red))) {
      assertThat(client.find()).isEqualTo("red");

      control.serve(new Mesh().brokenService("orders"));
      OrdersClient.await("the client rejects it", () -> !control.rejections.isEmpty());

      assertThat(client.findOften(20)).isEqualTo(Map.of("red", 20));
    }
  }

  @Test
  void callsGoOnWithTheLastResourcesWhileThereIsNoControlPlane() throws Exception {
    try (OrdersClient client = client(Mesh.of("orders", red));
        OrdersClient late = new OrdersClient("orders")) {
      assertThat(client.find()).isEqualTo("red");

      control.stop();
      try {
        assertThat(client.findOften(20)).isEqualTo(Map.of("red", 20));
      } finally {
        control.serve(Mesh.of("orders", blue));
        control.restart();
      }

      OrdersClient.await("the new resources", () -> client.find().equals("blue"));
      assertThat(late.find()).isEqualTo("blue");
    }
  }

  @Test
  void firstCallWithoutAControlPlaneFailsAndNamesIt() throws Exception {
    control.serve(Mesh.of("orders", red));
    control.stop();
    try (OrdersClient client = new OrdersClient("orders")) {
      assertThat(client.failure().getCode()).isEqualTo(Code.UNAVAILABLE);
      assertThat(client.failure().getDescription()).contains("127.0.0.1");

      control.restart();
      OrdersClient.await("the control plane is found", () -> {
        try {
          return client.find().equals("red");
        } catch (StatusRuntimeException e) {
          return false;
        }
      });
    } finally {
      if (!control.isRunning()) {
        control.restart();
      }
    }
  }

  @Test
  void responsesThatAreNoResponsesLeaveTheLastResources() throws Exception {
    try (OrdersClient client = client(Mesh.of("orders", red))) {
      assertThat(client.find()).isEqualTo("red");

      control.stop();
      GarbageService garbage = new GarbageService();
      control.restartAs(garbage);
      try {
        assertThat(garbage.sent.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(client.findOften(20)).isEqualTo(Map.of("red", 20));
      } finally {
        control.stop();
        control.serve(Mesh.of("orders", blue));
        control.restart();
      }

      OrdersClient.await("the new resources", () -> client.find().equals("blue"));
    }
  }

  /** Responds to each request of a client with bytes that are no message. */
  private static final class GarbageService implements BindableService {
    final CountDownLatch sent = new CountDownLatch(2);

    @Override
    public ServerServiceDefinition bindService() {
      MethodDescriptor<byte[], byte[]> method = MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
          .setFullMethodName(AggregatedDiscoveryServiceGrpc.getStreamAggregatedResourcesMethod()
              .getFullMethodName())
          .setRequestMarshaller(new Bytes())
          .setResponseMarshaller(new Bytes())
          .build();
      return ServerServiceDefinition.builder(method.getServiceName())
          .addMethod(method, ServerCalls.asyncBidiStreamingCall(this::respond))
          .build();
    }

    private StreamObserver<byte[]> respond(StreamObserver<byte[]> responses) {
      return new StreamObserver<>() {
        @Override
        public void onNext(byte[] request) {
          responses.onNext(new byte[] {(byte) 0xff, (byte) 0xff, 0x7f, 1, 2, 3});
          sent.countDown();
        }

        @Override
        public void onError(Throwable thrown) {}

        @Override
        public void onCompleted() {
          responses.onCompleted();
        }
      };
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
