// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.clientconn.ClientConn;
import dev.clientconn.boot.CallCredentialsHelper;
import dev.clientconn.boot.ClientConnBuilderCustomizer;
import dev.clientconn.boot.GrpcCallCredentials;
import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.autoconfigure.inject.GrpcClientInjectionAutoConfiguration;
import io.grpc.CallCredentials;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class CredentialsTest {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  @RegisterExtension
  private final HealthServer server = HealthServer.start();

  private final ApplicationContextRunner bare = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(
          GrpcClientAutoConfiguration.class, GrpcClientInjectionAutoConfiguration.class));

  private final ApplicationContextRunner runner =
      this.bare.withPropertyValues("grpc.client.targets.greeter.address=" + this.server.address());

  @Test
  void bearerTokenIsSent() {
    assertThat(sent("bearer.token=abc.def")).isEqualTo("Bearer abc.def");
  }

  @Test
  void userNameAndPasswordAreSent() {
    assertThat(sent("basic.username=Aladdin", "basic.password=open sesame"))
        .isEqualTo("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  }

  @Test
  void namedBeanIsSent() {
    assertThat(sent(this.runner.withUserConfiguration(Unassigned.class), "bean=unassigned"))
        .isEqualTo("Bearer bean");
  }

  @Test
  void beanWithoutATargetIsSentToNoServer() {
    assertThat(sent(this.runner.withUserConfiguration(Unassigned.class))).isNull();
  }

  @Test
  void beanWithoutATargetIsNamedInTheLog() {
    ListAppender<ILoggingEvent> events = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(TargetCredentials.class);
    logger.setLevel(Level.INFO);
    logger.addAppender(events);
    events.start();
    try {
      this.runner.withUserConfiguration(Unassigned.class, Assigned.class).run(context -> {});
      this.runner
          .withUserConfiguration(Unassigned.class)
          .withPropertyValues("grpc.client.targets.greeter.credentials.bean=unassigned")
          .run(context -> {});
    } finally {
      logger.detachAppender(events);
      logger.setLevel(null);
    }

    assertThat(events.list)
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .asString()
        .startsWith("The CallCredentials bean 'unassigned' belongs to no gRPC target");
  }

  @Test
  void annotatedBeanIsSentToItsTargetInsteadOfTheDefaults() {
    this.runner
        .withUserConfiguration(Assigned.class)
        .withPropertyValues(
            "grpc.client.defaults.credentials.bearer.token=default",
            "grpc.client.targets.prices.address=" + this.server.address())
        .run(context -> {
          assertThat(call(context.getBean("greeterClientConn", ClientConn.class)))
              .isEqualTo("Bearer assigned");
          assertThat(call(context.getBean("pricesClientConn", ClientConn.class)))
              .isEqualTo("Bearer default");
        });
  }

  @Test
  void kindOfTheTargetReplacesThatOfTheDefaults() {
    assertThat(sent(
            this.runner.withPropertyValues("grpc.client.defaults.credentials.basic.username=me"),
            "bearer.token=abc"))
        .isEqualTo("Bearer abc");
  }

  @Test
  void targetCanRefuseTheCredentialsOfTheDefaults() {
    assertThat(sent(
            this.runner.withPropertyValues("grpc.client.defaults.credentials.bearer.token=abc"),
            "enabled=false"))
        .isNull();
  }

  @Test
  void credentialsOfTheCallReplaceThoseOfTheTarget() {
    this.runner
        .withPropertyValues("grpc.client.targets.greeter.credentials.bearer.token=abc")
        .run(context -> {
          HealthGrpc.newBlockingStub(context.getBean(ClientConn.class))
              .withCallCredentials(CallCredentialsHelper.bearerAuth(() -> "own"))
              .check(HealthCheckRequest.getDefaultInstance());
          assertThat(this.server.headers.get(0).getAll(AUTHORIZATION))
              .containsExactly("Bearer own");
        });
  }

  @Test
  void twoKindsContradictEachOtherAndTheirValuesStaySecret() {
    FailureAnalysis analysis = StartFailure.of(this.bare, """
        grpc.client.targets.greeter:
          address: localhost:1
          credentials:
            bearer.token: s3cret
            bean: tokens
        """);

    assertThat(analysis.getDescription())
        .contains("bean and bearer.token contradict each other.")
        .contains("Property: grpc.client.targets.greeter.credentials.bearer.token")
        .contains("Value: \"******\"")
        .contains("application.yml - 4:")
        .doesNotContain("s3cret");
  }

  @Test
  void propertyAndAnnotatedBeanOfOneTargetContradictEachOther() {
    FailureAnalysis analysis =
        StartFailure.of(this.bare.withUserConfiguration(Assigned.class), """
        grpc.client.targets.greeter:
          address: localhost:1
          credentials.bearer.token: abc
        """);

    assertThat(analysis.getDescription())
        .contains("bearer.token contradicts @GrpcCallCredentials of the bean 'assigned'.");
  }

  @Test
  void passwordWithoutAUserNameIsRejected() {
    assertThat(mistake("basic.password: x")).contains("basic.username is missing.");
  }

  @Test
  void userNameWithAColonIsRejected() {
    assertThat(mistake("basic: { username: 'a:b', password: c }"))
        .contains("cannot contain a colon");
  }

  @Test
  void tokenWithItsSchemeIsRejectedWithoutShowingIt() {
    assertThat(mistake("bearer.token: Bearer s3cret"))
        .contains("printable ASCII characters only, and no spaces")
        .doesNotContain("s3cret");
  }

  @Test
  void unknownBeanShowsTheNearest() {
    FailureAnalysis analysis =
        StartFailure.of(this.bare.withUserConfiguration(Unassigned.class), """
        grpc.client.targets.greeter:
          address: localhost:1
          credentials.bean: unasigned
        """);

    assertThat(analysis.getDescription())
        .contains("There is no bean 'unasigned'. Did you mean 'unassigned'?");
  }

  @Test
  void beanOfAnUnknownTargetFailsTheStart() {
    FailureAnalysis analysis =
        StartFailure.of(this.bare.withUserConfiguration(Assigned.class), """
        grpc.client.targets.greter.address: localhost:1
        """);

    assertThat(analysis.getDescription())
        .startsWith("The bean 'assigned' has @GrpcCallCredentials(\"greeter\").")
        .contains("greter");
    assertThat(analysis.getAction()).contains("Did you mean 'greter'?");
  }

  @Test
  void twoBeansOfOneTargetFailTheStart() {
    FailureAnalysis analysis =
        StartFailure.of(this.runner.withUserConfiguration(Assigned.class, AlsoAssigned.class));

    assertThat(analysis.getDescription())
        .isEqualTo("Two beans are the credentials of the gRPC target 'Greeter':"
            + " assigned and alsoAssigned.");
  }

  @Test
  void beanThatUsesTheTargetItselfIsRejected() {
    FailureAnalysis analysis =
        StartFailure.of(this.bare.withUserConfiguration(Circular.class), """
        grpc.client.targets.greeter:
          address: localhost:1
          credentials.bean: circular
        """);

    assertThat(analysis.getDescription())
        .contains("This bean uses a client of the target 'greeter' and cannot be used by it.");
  }

  @Test
  void plaintextToAnotherMachineFailsTheStartUnlessItIsAllowed() {
    FailureAnalysis analysis = StartFailure.of(this.bare, """
        grpc.client.targets.greeter:
          address: greeter.example:9090
          ssl.enabled: false
          credentials.bearer.token: s3cret
        """);

    assertThat(analysis.getDescription())
        .contains("without TLS everyone on the way to greeter.example can read them.")
        .doesNotContain("s3cret");
    assertThat(analysis.getAction()).contains("enabled: true").contains("allow-plaintext: true");
    this.bare
        .withPropertyValues(
            "grpc.client.targets.greeter.address=greeter.example:9090",
            "grpc.client.targets.greeter.ssl.enabled=false",
            "grpc.client.targets.greeter.credentials.bearer.token=abc",
            "grpc.client.targets.greeter.credentials.allow-plaintext=true")
        .run(context -> assertThat(context).hasNotFailed());
  }

  /** Customizers can switch TLS off where the properties say otherwise. */
  @Test
  void connectionToThisMachineMayBeWithoutTls() {
    this.runner
        .withPropertyValues(
            "grpc.client.targets.greeter.ssl.enabled=true",
            "grpc.client.targets.greeter.credentials.bearer.token=abc")
        .withBean(
            ClientConnBuilderCustomizer.class, () -> (target, builder) -> builder.usePlaintext())
        .run(
            context -> assertThat(call(context.getBean(ClientConn.class))).isEqualTo("Bearer abc"));
  }

  @Test
  void credentialsThatRequirePrivacyAreNotSentWithoutTls() {
    CallCredentials token = CallCredentialsHelper.bearerAuth("abc");

    assertThat(statusWith(CallCredentialsHelper.requirePrivacy(token)))
        .extracting(Status::getCode, Status::getDescription)
        .containsExactly(
            Status.Code.UNAUTHENTICATED,
            "The call credentials require TLS, and the connection has none");
    assertThat(statusWith(CallCredentialsHelper.includeWhenPrivate(token)).isOk())
        .isTrue();
    assertThat(this.server.headers.get(0).containsKey(AUTHORIZATION)).isFalse();
  }

  @Test
  void supplierThatFailsEndsTheCall() {
    assertThat(statusOf(() -> {
              throw new IllegalStateException("no session");
            })
            .getDescription())
        .isEqualTo("The supplier of the call credentials threw:"
            + " java.lang.IllegalStateException: no session");
    assertThat(statusOf(() -> {
              throw new NoClassDefFoundError("absent");
            })
            .getCode())
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(statusOf(() -> {
              throw Status.UNAVAILABLE.asRuntimeException();
            })
            .getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(statusOf(() -> null).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
  }

  private Status statusOf(Supplier<@Nullable String> tokens) {
    @SuppressWarnings("NullAway")
    CallCredentials credentials = CallCredentialsHelper.bearerAuth(() -> tokens.get());
    return statusWith(credentials);
  }

  private Status statusWith(CallCredentials credentials) {
    Status[] status = {Status.OK};
    this.runner.run(context -> {
      try {
        HealthGrpc.newBlockingStub(context.getBean(ClientConn.class))
            .withCallCredentials(credentials)
            .check(HealthCheckRequest.getDefaultInstance());
      } catch (StatusRuntimeException failure) {
        status[0] = failure.getStatus();
      }
    });
    return status[0];
  }

  private String mistake(String line) {
    return StartFailure.of(this.bare, """
        grpc.client.targets.greeter:
          address: localhost:1
          credentials:
            %s
        """.formatted(line)).getDescription();
  }

  private @Nullable String sent(String... values) {
    return sent(this.runner, values);
  }

  private @Nullable String sent(ApplicationContextRunner base, String... values) {
    String[] prefixed = new String[values.length];
    for (int i = 0; i < values.length; i++) {
      prefixed[i] = "grpc.client.targets.greeter.credentials." + values[i];
    }
    base.withPropertyValues(prefixed).run(context -> call(context.getBean(ClientConn.class)));
    return this.server.headers.get(0).get(AUTHORIZATION);
  }

  private @Nullable String call(ClientConn channel) {
    assertThat(HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance()))
        .isEqualTo(HealthServer.serving());
    return this.server.headers.get(this.server.headers.size() - 1).get(AUTHORIZATION);
  }

  @Configuration(proxyBeanMethods = false)
  static class Unassigned {

    @Bean
    CallCredentials unassigned() {
      return CallCredentialsHelper.bearerAuth("bean");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Assigned {

    @Bean
    @GrpcCallCredentials("greeter")
    CallCredentials assigned() {
      return CallCredentialsHelper.bearerAuth("assigned");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class AlsoAssigned {

    @Bean
    @GrpcCallCredentials({"Greeter"})
    CallCredentials alsoAssigned() {
      return CallCredentialsHelper.bearerAuth("also");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Circular {

    @Bean
    CallCredentials circular(@GrpcClient("greeter") Channel greeter) {
      return CallCredentialsHelper.bearerAuth(greeter::authority);
    }
  }
}
