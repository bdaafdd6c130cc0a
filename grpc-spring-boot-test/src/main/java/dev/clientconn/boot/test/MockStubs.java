// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import io.grpc.stub.AbstractStub;
import org.mockito.Mockito;
import org.springframework.test.context.bean.override.mockito.MockReset;

/**
 * Creates mocks of generated stubs, for {@code @TestBean} methods. In contrast to a plain mock,
 *
 * <ul>
 *   <li>methods such as {@code withDeadlineAfter} return the mock itself;
 *   <li>a call that is not stubbed fails the test with an error that names the method, its request
 *       and the line, where the response is used: a plain mock returns {@code null};
 *   <li>the mock is reset after each test method.
 * </ul>
 *
 * <pre>
 * &#64;TestBean
 * &#64;GrpcClient("greeter")
 * GreeterBlockingStub greeter;
 *
 * static GreeterBlockingStub greeter() {
 *   return MockStubs.of(GreeterBlockingStub.class);
 * }</pre>
 *
 * <p>Needs Mockito on the class path.
 */
public final class MockStubs {

  private MockStubs() {}

  /**
   * Creates a mock.
   *
   * @param <S> the type of the stub
   * @param type the class of a generated stub: blocking, asynchronous or with futures
   * @return a mock that accepts {@code when} and {@code verify}
   * @throws IllegalArgumentException for another class, which a raw {@code Class} lets pass
   */
  public static <S extends AbstractStub<S>> S of(Class<S> type) {
    Class<?> given = type;
    if (!AbstractStub.class.isAssignableFrom(given)
        || given.getPackage() == AbstractStub.class.getPackage()) {
      throw new IllegalArgumentException(
          "%s is not the class of a generated stub, such as GreeterGrpc.GreeterBlockingStub"
              .formatted(given.getName()));
    }
    return Mockito.mock(
        type, MockReset.withSettings(MockReset.AFTER).defaultAnswer(new UnstubbedCall(type)));
  }
}
