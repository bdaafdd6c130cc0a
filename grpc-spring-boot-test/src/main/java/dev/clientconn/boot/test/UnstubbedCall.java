// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.stub.AbstractStub;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mockito.Answers;
import org.mockito.Mockito;
import org.mockito.exceptions.base.MockitoException;
import org.mockito.invocation.Invocation;
import org.mockito.invocation.InvocationOnMock;
import org.mockito.stubbing.Answer;

/**
 * Answers calls of a mocked stub that are not stubbed. What returns something must not throw here,
 * because {@code when(stub.greet(any()))} is such a call too: the result throws when it is used.
 *
 * @param stub the class of the stub
 */
record UnstubbedCall(Class<?> stub) implements Answer<@Nullable Object> {

  private static final int LONGEST_ARGUMENT = 200;

  @Override
  public @Nullable Object answer(InvocationOnMock call) throws Throwable {
    Class<?> returned = call.getMethod().getReturnType();
    Class<?> declared = call.getMethod().getDeclaringClass();
    if (returned.isInstance(call.getMock())) {
      return call.getMock();
    }
    if (returned == CallOptions.class) {
      return CallOptions.DEFAULT;
    }
    if (declared == Object.class || AbstractStub.class == declared) {
      return Answers.RETURNS_DEFAULTS.answer(call);
    }
    if (returned == void.class) {
      // No test passes it to when(...), and the application would wait for a response.
      throw new AssertionError(describe(call, "doAnswer(...).when(stub).%s"));
    }
    String text = describe(call, "when(stub.%s).thenReturn(...)");
    return returned == ListenableFuture.class
        ? Futures.immediateFailedFuture(new AssertionError(text))
        : result(returned, text, call);
  }

  private static @Nullable Object result(Class<?> type, String text, InvocationOnMock call)
      throws Throwable {
    // Kotlin's suspending functions return Object.
    if (type == Object.class || type.isPrimitive()) {
      return Answers.RETURNS_DEFAULTS.answer(call);
    }
    try {
      return Mockito.mock(type, used -> use(used, text));
    } catch (MockitoException cannotBeMocked) {
      // Strings, arrays and sealed types, of marshallers other than protobuf's.
      return Answers.RETURNS_DEFAULTS.answer(call);
    }
  }

  private static Object use(InvocationOnMock used, String text) {
    if (used.getMethod().getName().equals("toString")) {
      return text;
    }
    throw new AssertionError(text);
  }

  private String describe(InvocationOnMock call, String remedy) {
    String method = call.getMethod().getName();
    String matchers = Arrays.stream(call.getMethod().getParameterTypes())
        .map(parameter -> "any()")
        .collect(Collectors.joining(", "));
    String arguments = Arrays.stream(call.getArguments())
        .map(UnstubbedCall::text)
        .collect(Collectors.joining(", "));
    String where = call instanceof Invocation invocation ? " " + invocation.getLocation() : "";
    return "%s.%s(%s) was called%s, and the mock is not stubbed for it. Stub it before: %s"
        .formatted(
            this.stub.getSimpleName(),
            method,
            arguments,
            where,
            remedy.formatted(method + "(" + matchers + ")"));
  }

  /** The text of a message has a line for each field. */
  private static String text(@Nullable Object argument) {
    String text = String.valueOf(argument).strip().replaceAll("\\s*\\R\\s*", ", ");
    return text.length() > LONGEST_ARGUMENT ? text.substring(0, LONGEST_ARGUMENT) + "..." : text;
  }
}
