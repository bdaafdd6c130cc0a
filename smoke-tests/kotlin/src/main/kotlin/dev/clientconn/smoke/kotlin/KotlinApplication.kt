// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.kotlin

import dev.clientconn.boot.GrpcClient
import dev.clientconn.smoke.kotlin.greeter.GreetRequest
import dev.clientconn.smoke.kotlin.greeter.Greeting
import dev.clientconn.smoke.kotlin.greeter.GreeterGrpcKt.GreeterCoroutineStub
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.map
import org.springframework.beans.factory.annotation.Autowired
import org.springframework.boot.autoconfigure.SpringBootApplication
import org.springframework.boot.runApplication
import org.springframework.context.annotation.Bean
import org.springframework.stereotype.Component
import org.springframework.stereotype.Service

@SpringBootApplication(proxyBeanMethods = false)
class KotlinApplication {

  @Bean
  fun parameterInjected(@GrpcClient("greeter") greeter: GreeterCoroutineStub) =
    ParameterInjected(greeter)
}

/** The stub is a property of the constructor; the other parameter has a default. */
@Service
class Greetings(
  @GrpcClient("greeter") private val greeter: GreeterCoroutineStub,
  private val punctuation: String = "!",
) {

  suspend fun greet(name: String): String = greeter.greet(request(name)).text + punctuation

  suspend fun greetWithin(millis: Long, name: String): String =
    greeter.withDeadlineAfter(millis, TimeUnit.MILLISECONDS).greet(request(name)).text

  fun greetOften(name: String): Flow<String> = greeter.greetOften(request(name)).map(Greeting::getText)

  suspend fun greetAll(names: Flow<String>): String = greeter.greetAll(names.map(::request)).text

  private fun request(name: String): GreetRequest = GreetRequest.newBuilder().setName(name).build()
}

@Component
class FieldInjected {

  @GrpcClient("greeter") lateinit var greeter: GreeterCoroutineStub
}

/** Suspending functions have a parameter more than their source shows. */
@Component
class SetterInjected {

  lateinit var greeter: GreeterCoroutineStub
    private set

  @Autowired
  fun use(@GrpcClient("greeter") greeter: GreeterCoroutineStub, greetings: Greetings) {
    this.greeter = greeter
  }

  @Deprecated("an annotation makes the search for clients read the parameters")
  suspend fun suspending(@Suppress("UNUSED_PARAMETER") name: String): String = name
}

class ParameterInjected(val greeter: GreeterCoroutineStub)

fun main(args: Array<String>) {
  runApplication<KotlinApplication>(*args)
}
