// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.test.greeter.GreetRequest;
import dev.clientconn.boot.test.greeter.GreeterGrpc.GreeterBlockingStub;
import dev.clientconn.boot.test.greeter.GreeterGrpc.GreeterBlockingV2Stub;
import dev.clientconn.boot.test.greeter.GreeterGrpc.GreeterFutureStub;
import dev.clientconn.boot.test.greeter.GreeterGrpc.GreeterStub;
import dev.clientconn.boot.test.greeter.Greeting;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.bean.override.convention.TestBean;

@NullUnmarked
@SpringBootTest(
    properties = {
      "grpc.client.targets.greeter.ssl.bundle=",
      "grpc.client.targets.greeter.ssl.enabled=true"
    })
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MockStubsTest {

  private static final GreetRequest ADA =
      GreetRequest.newBuilder().setName("Ada").build();

  private static final Greeting HELLO = Greeting.newBuilder().setText("Hello").build();

  @TestBean
  @GrpcClient("greeter")
  GreeterBlockingStub greeter;

  static GreeterBlockingStub greeter() {
    return MockStubs.of(GreeterBlockingStub.class);
  }

  @Test
  @Order(1)
  void applicationCallsTheMock(@Autowired Greetings greetings) {
    when(this.greeter.greet(any())).thenReturn(HELLO);

    assertThat(greetings.greet("Ada")).isEqualTo("Hello");
    verify(this.greeter).greet(ADA);
  }

  @Test
  @Order(2)
  void callThatIsNotStubbedNamesTheMethodTheRequestAndTheLine(@Autowired Greetings greetings) {
    assertThatExceptionOfType(AssertionError.class)
        .as("the mock is reset after each test")
        .isThrownBy(() -> greetings.greet("Ada"))
        .withMessageMatching("GreeterBlockingStub\\.greet\\(name: \"Ada\"\\) was called -> at"
            + " dev\\.clientconn\\.boot\\.test\\.Greetings\\.greet\\(Greetings\\.java:\\d+\\), and"
            + " the mock is not stubbed for it\\. Stub it before:"
            + " when\\(stub\\.greet\\(any\\(\\)\\)\\)\\.thenReturn\\(\\.\\.\\.\\)");
  }

  @Test
  void stubWithOptionsIsTheMock() {
    assertThat(this.greeter.withDeadlineAfter(1, TimeUnit.SECONDS).withCompression("gzip"))
        .isSameAs(this.greeter);
    assertThat(this.greeter.getCallOptions()).isSameAs(CallOptions.DEFAULT);
  }

  @Test
  void streamThatIsNotStubbedFailsWhereItIsRead() {
    Iterator<Greeting> all = this.greeter.greetAll(ADA);

    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(all::hasNext)
        .withMessageContaining("greetAll(name: \"Ada\")");
    assertThat(all.toString()).contains("greetAll");
  }

  @Test
  void asynchronousCallThatIsNotStubbedFailsAtOnce() {
    GreeterStub stub = MockStubs.of(GreeterStub.class);
    List<Greeting> greetings = new ArrayList<>();
    doAnswer(call -> {
          call.<StreamObserver<Greeting>>getArgument(1).onNext(HELLO);
          return null;
        })
        .when(stub)
        .greet(any(), any());

    stub.greet(ADA, observer(greetings));
    assertThat(greetings).containsExactly(HELLO);
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> stub.greetAll(ADA, observer(greetings)))
        .withMessageContaining("doAnswer(...).when(stub).greetAll(any(), any())");
    StreamObserver<GreetRequest> requests = stub.record(observer(greetings));
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> requests.onNext(ADA))
        .withMessageContaining("GreeterStub.record(");
  }

  @Test
  void futureOfACallThatIsNotStubbedFails() {
    GreeterFutureStub stub = MockStubs.of(GreeterFutureStub.class);

    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> stub.greet(ADA).get())
        .withCauseInstanceOf(AssertionError.class)
        .withMessageContaining("GreeterFutureStub.greet(name: \"Ada\")");
  }

  @Test
  void blockingCallOfTheSecondVersionFailsWhereItIsUsed() throws Exception {
    GreeterBlockingV2Stub stub = MockStubs.of(GreeterBlockingV2Stub.class);
    when(stub.greet(any())).thenReturn(HELLO);

    assertThat(stub.greet(ADA)).isEqualTo(HELLO);
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> stub.greetAll(ADA).read())
        .withMessageContaining("GreeterBlockingV2Stub.greetAll(");
  }

  @Test
  void callWhoseResponseCannotBeMockedCanBeStubbed() {
    TextStub stub = MockStubs.of(TextStub.class);
    assertThat(stub.echo("Ada")).isNull();

    when(stub.echo(any())).thenReturn("Hello");

    assertThat(stub.echo("Ada")).isEqualTo("Hello");
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"})
  void anotherClassThanThatOfAGeneratedStubIsRefused() {
    for (Class other : List.of(String.class, Channel.class, AbstractStub.class)) {
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> MockStubs.of(other))
          .withMessage(other.getName() + " is not the class of a generated stub, such as"
              + " GreeterGrpc.GreeterBlockingStub");
    }
  }

  /** A stub with a marshaller of strings. */
  abstract static class TextStub extends AbstractStub<TextStub> {

    TextStub(Channel channel, CallOptions options) {
      super(channel, options);
    }

    abstract String echo(String text);
  }

  private static StreamObserver<Greeting> observer(List<Greeting> into) {
    return new StreamObserver<>() {
      @Override
      public void onNext(Greeting greeting) {
        into.add(greeting);
      }

      @Override
      public void onError(Throwable failure) {}

      @Override
      public void onCompleted() {}
    };
  }
}
