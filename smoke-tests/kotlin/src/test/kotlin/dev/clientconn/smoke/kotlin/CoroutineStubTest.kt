// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.kotlin

import dev.clientconn.boot.test.GrpcTestServer
import dev.clientconn.smoke.kotlin.greeter.GreetRequest
import dev.clientconn.smoke.kotlin.greeter.Greeting
import dev.clientconn.smoke.kotlin.greeter.GreeterGrpcKt.GreeterCoroutineImplBase
import io.grpc.Status
import io.grpc.StatusException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import org.springframework.beans.factory.annotation.Autowired
import org.springframework.boot.test.context.SpringBootTest

@SpringBootTest
@GrpcTestServer(services = [FakeGreeter::class])
class CoroutineStubTest(
  @Autowired private val greetings: Greetings,
  @Autowired private val field: FieldInjected,
  @Autowired private val setter: SetterInjected,
  @Autowired private val parameter: ParameterInjected,
  @Autowired private val fake: FakeGreeter,
) {

  @Test
  fun `stub of the constructor is injected beside a parameter with a default`() = runBlocking<Unit> {
    assertThat(greetings.greet("Ada")).isEqualTo("Hello, Ada!")
  }

  @Test
  fun `stubs of fields, functions and bean methods are the same`() {
    assertThat(field.greeter).isSameAs(setter.greeter).isSameAs(parameter.greeter)
  }

  @Test
  fun `stream of responses is a flow`() = runBlocking<Unit> {
    assertThat(greetings.greetOften("Ada").take(3).toList()).containsExactly("Ada 0", "Ada 1", "Ada 2")
  }

  @Test
  fun `stream of requests is a flow`() = runBlocking<Unit> {
    assertThat(greetings.greetAll(flowOf("Ada", "Bob"))).isEqualTo("[Ada, Bob]")
  }

  @Test
  fun `flow that is not collected to its end cancels the call`() = runBlocking<Unit> {
    greetings.greetOften("Ada").take(1).toList()

    withTimeout(TIMEOUT) { fake.streamEnded.await() }
  }

  @Test
  fun `coroutine that is cancelled cancels the call`() = runBlocking<Unit> {
    val call = launch { greetings.greet(FakeGreeter.NEVER) }
    withTimeout(TIMEOUT) { fake.waiting.await() }

    call.cancel()

    withTimeout(TIMEOUT) { fake.cancelled.await() }
  }

  @Test
  fun `deadline ends the call`() {
    val failure = assertThrows(StatusException::class.java) {
      runBlocking { greetings.greetWithin(100, FakeGreeter.SILENT) }
    }

    assertThat(failure.status.code).isEqualTo(Status.Code.DEADLINE_EXCEEDED)
  }

  @Test
  fun `status of the server is an exception`() {
    val failure = assertThrows(StatusException::class.java) {
      runBlocking { greetings.greet(FakeGreeter.UNKNOWN) }
    }

    assertThat(failure.status.code).isEqualTo(Status.Code.NOT_FOUND)
    assertThat(failure.status.description).isEqualTo("nobody")
  }

  private companion object {
    const val TIMEOUT = 120_000L
  }
}

class FakeGreeter : GreeterCoroutineImplBase() {

  val waiting = CompletableDeferred<Unit>()
  val cancelled = CompletableDeferred<Unit>()
  val streamEnded = CompletableDeferred<Unit>()

  override suspend fun greet(request: GreetRequest): Greeting =
    when (request.name) {
      UNKNOWN -> throw StatusException(Status.NOT_FOUND.withDescription("nobody"))
      NEVER ->
        try {
          waiting.complete(Unit)
          awaitCancellation()
        } finally {
          cancelled.complete(Unit)
        }
      SILENT -> awaitCancellation()
      else -> greeting("Hello, ${request.name}")
    }

  override fun greetOften(request: GreetRequest): Flow<Greeting> = flow {
    try {
      var number = 0
      while (true) {
        emit(greeting("${request.name} ${number++}"))
      }
    } finally {
      streamEnded.complete(Unit)
    }
  }

  override suspend fun greetAll(requests: Flow<GreetRequest>): Greeting =
    greeting(requests.map(GreetRequest::getName).toList().toString())

  private fun greeting(text: String): Greeting = Greeting.newBuilder().setText(text).build()

  companion object {
    /** Of one test, which waits until its call has reached the server. */
    const val NEVER = "never"
    const val SILENT = "silent"
    const val UNKNOWN = "unknown"
  }
}
