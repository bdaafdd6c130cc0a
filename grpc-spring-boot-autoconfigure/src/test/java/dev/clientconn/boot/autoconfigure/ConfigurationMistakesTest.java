// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.ClientConnBuilderCustomizer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Checks that each mistake in {@code application.yml} fails the start, with property, value, origin
 * and remedy.
 */
class ConfigurationMistakesTest {

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(
          AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class));

  private final ApplicationContextRunner withoutBootsClient =
      this.runner.withClassLoader(new FilteredClassLoader("org.springframework.boot.grpc.client"));

  @ParameterizedTest
  @CsvSource({
    "deadlin, deadline",
    "dead-line-time, deadline",
    "adress, address",
    "keep-alive-time, keepalive.time",
    "keepalive.tiem, keepalive.time",
    "ssl.bundel, ssl.bundle",
    "max-inbound-message-size, inbound.message.max-size",
    "default-load-balancing-policy, load-balancing-policy",
    "default.deadline, deadline",
    "target, address",
    "security.authority-override, authority",
  })
  void unknownKeyOfATargetShowsTheNearest(String wrong, String right) {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client.targets.greeter:
          address: localhost:9090
          %s: 5
        """.formatted(wrong));

    assertThat(analysis.getDescription())
        .isEqualTo("A key of gRPC clients is unknown:\n\n"
            + "    Property: grpc.client.targets.greeter." + wrong + "\n"
            + "    Value: \"5\"\n"
            + "    Origin: application.yml - 3:" + (wrong.length() + 5) + "\n"
            + "    Reason: There is no key '" + wrong + "' below grpc.client.targets.<name>."
            + " Did you mean '" + right + "'?");
    assertThat(analysis.getAction())
        .isEqualToNormalizingWhitespace(
            "Write instead: grpc: client: targets: greeter: " + right.replace(".", ": ") + ": 5 ");
  }

  @Test
  void unknownKeyThatResemblesNoneShowsAll() {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client.targets.greeter:
          address: localhost:9090
          compression-of-requests: gzip
        """);

    assertThat(analysis.getDescription()).contains("compression-of-requests", "3:");
    assertThat(analysis.getAction())
        .startsWith("Remove or correct it. Known keys:")
        .contains("    grpc.client.targets.<name>.keepalive.time\n");
  }

  @Test
  void unknownKeyOfTheDefaultsShowsTheNearest() {
    FailureAnalysis analysis =
        StartFailure.of(this.runner, "grpc.client.defaults.idle.time-out-after: 5m");

    assertThat(analysis.getDescription())
        .contains("grpc.client.defaults.idle.time-out-after", "application.yml - 1:");
    assertThat(analysis.getAction()).contains("idle");
  }

  @Test
  void misspeltKeyOfATargetThatIsNotBelowTargetsShowsTheNearest() {
    FailureAnalysis analysis =
        StartFailure.of(this.runner, "grpc.client.greeter.adress: localhost:9090");

    assertThat(analysis.getDescription())
        .contains("Did you mean grpc.client.targets.greeter.address?");
    assertThat(analysis.getAction()).contains("address: localhost:9090");
  }

  @Test
  void customizerThatFailsIsNamedWithTheTarget() {
    FailureAnalysis analysis = StartFailure.of(
        this.runner.withBean(ClientConnBuilderCustomizer.class, Failing::new),
        "grpc.client.targets.greeter.address: localhost:9090");

    assertThat(analysis.getDescription())
        .isEqualTo("The ClientConnBuilderCustomizer " + Failing.class.getName()
            + " failed for the gRPC target 'greeter': java.lang.IllegalStateException: no");
  }

  /** Fails for every target. */
  private static final class Failing implements ClientConnBuilderCustomizer {

    @Override
    public void customize(String target, ClientConnBuilder builder) {
      throw new IllegalStateException("no");
    }
  }

  @Test
  void groupWithAValueShowsItsKeys() {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client.targets.greeter:
          address: localhost:9090
          ssl: true
        """);

    assertThat(analysis.getDescription())
        .endsWith(
            "Reason: It is a group and needs at least one of its keys: ssl.bundle, ssl.enabled,"
                + " ssl.verify.");
  }

  @Test
  void listOfAddressesIsShownAsOneValue() {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client.targets.greeter:
          address: [localhost:1, localhost:2]
        """);

    assertThat(analysis.getDescription()).contains("address takes one value");
    assertThat(analysis.getAction()).contains("static://");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://ann:sec/ret@proxy:80", "sock5://ann:sec/ret@proxy:80", "ann:sec/ret@proxy"
      })
  void loginInTheAddressOfAProxyIsRefusedWithoutShowingIt(String proxy) {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client.targets.greeter:
          address: localhost:9090
          proxy.address: %s
        """.formatted(proxy));

    assertThat(analysis.getDescription()).isEqualTo("""
        The proxy of the gRPC target 'greeter' cannot be used:

            Property: grpc.client.targets.greeter.proxy.address
            Value: "******"
            Origin: application.yml - 3:18
            Reason: The address of a proxy has no login.""");
    assertThat(analysis.getAction())
        .isEqualTo("Write the address only, and the login by proxy.username and proxy.password.");
    assertThat(analysis.getCause().getMessage()).doesNotContain("ann:", "ret@");
  }

  @Test
  void valueOfAMisspeltSecretIsNotShown() {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client.targets.greeter:
          address: localhost:9090
          credentials.bearer.tokn: s3cret
        """);

    assertThat(analysis.getDescription())
        .contains("Value: \"******\"", "Did you mean 'credentials.bearer.token'?")
        .doesNotContain("s3cret");
    assertThat(analysis.getAction()).contains("token: ").doesNotContain("s3cret");
  }

  @Test
  void misspeltGroupShowsTheRightOne() {
    FailureAnalysis analysis =
        StartFailure.of(this.runner, "grpc.client.target.greeter.address: localhost:9090");

    assertThat(analysis.getDescription())
        .contains("Known keys directly below grpc.client: enabled, ")
        .endsWith("Did you mean grpc.client.targets.greeter.address?");
    assertThat(analysis.getAction()).isEqualTo("""
        Write instead:

            grpc:
              client:
                targets:
                  greeter:
                    address: localhost:9090
        """);
  }

  @Test
  void settingDirectlyBelowThePrefixBelongsToTheDefaults() {
    FailureAnalysis analysis = StartFailure.of(this.runner, "grpc.client.user-agent: mine");

    assertThat(analysis.getDescription()).endsWith("Did you mean grpc.client.defaults.user-agent?");
  }

  @Test
  void keysOfNetDevhAreItsOwnWhileItIsThere() {
    this.runner
        .withClassLoader(new WithClass(OtherStarter.NET_DEVH.autoConfiguration()))
        .withInitializer(context -> StartFailure.load(context, """
            grpc.client:
              targets.greeter.address: localhost:9090
              other.negotiation-type: plaintext
            """))
        .run(context -> assertThat(context).hasNotFailed().hasSingleBean(ClientConn.class));
  }

  @Test
  void keysOfBootsClientAreTranslatedWhereItIsNotThere() {
    FailureAnalysis analysis = StartFailure.of(this.withoutBootsClient, """
        spring.grpc.client:
          channel:
            default.default.deadline: 5s
            greeter:
              target: dns:///greeter.example:9090
              ssl.enabled: true
        """);

    assertThat(analysis.getDescription())
        .contains("Property: spring.grpc.client.channel.greeter.target")
        .contains("belongs to Spring Boot's own gRPC client, which is not on the classpath");
    assertThat(analysis.getAction()).isEqualTo("""
        Write instead:

            grpc:
              client:
                defaults:
                  deadline: 5s
                targets:
                  greeter:
                    address: dns:///greeter.example:9090
                    ssl:
                      enabled: true
        """);
  }

  @Test
  void keysOfBootsClientAreItsOwnWhileItIsThere() {
    this.runner
        .withPropertyValues("spring.grpc.client.channel.greeter.target=localhost:9090")
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void nameWithDotsNeedsBrackets() {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client.targets:
          greeter.v1:
            address: localhost:9090
        """);

    assertThat(analysis.getDescription())
        .contains("application.yml - 3:")
        .contains("A name with dots needs brackets: \"[greeter.v1]\".");
    assertThat(analysis.getAction()).endsWith("""
                  "[greeter.v1]":
                    address: localhost:9090
        """);
  }

  @Test
  void nameInBracketsMayHaveDots() {
    this.runner
        .withInitializer(context -> StartFailure.load(context, """
            grpc:
              client:
                targets:
                  "[greeter.v1]":
                    address: localhost:9090
            """))
        .run(context -> assertThat(context).hasNotFailed().hasBean("greeter.v1ClientConn"));
  }

  @Test
  void listInPlaceOfTargetsByNameIsExplained() {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client.targets:
          - name: greeter
            address: localhost:9090
        """);

    assertThat(analysis.getDescription())
        .contains("grpc.client.targets[0].address", "application.yml - 3:")
        .contains("Targets are not a list. Each needs a name as its key.");
    assertThat(analysis.getAction()).contains("<name>", "address: localhost:9090");
  }

  @Test
  void addressInPlaceOfATargetIsExplained() {
    FailureAnalysis analysis =
        StartFailure.of(this.runner, "grpc.client.targets.greeter: localhost:9090");

    assertThat(analysis.getDescription())
        .contains("Value: \"localhost:9090\"", "application.yml - 1:")
        .endsWith("A target is a group of keys, not a value.");
    assertThat(analysis.getAction()).endsWith("""
                  greeter:
                    address: localhost:9090
        """);
  }

  @ParameterizedTest
  @ValueSource(strings = {"defaults", "targets.greeter", "targets.greeter.keepalive", "targets"})
  void groupWhoseKeysAreAllCommentedOutIsExplained(String group) {
    FailureAnalysis analysis =
        StartFailure.of(this.runner, "grpc.client.%s:\n#  time: 20s\n".formatted(group));

    assertThat(analysis.getDescription())
        .contains("Property: grpc.client." + group, "Value: \"\"", "application.yml - 1:");
  }

  @ParameterizedTest
  @CsvSource({
    "GRPC_CLIENT_PORT, tcp://10.0.0.7:9090",
    "GRPC_CLIENT_SERVICE_HOST, 10.0.0.7",
    "GRPC_CLIENT_PORT_9090_TCP_ADDR, 10.0.0.7",
    "GRPC_CLIENT_GREETER_ADDRESS, for a placeholder",
    "GRPC_CLIENT_TARGETS_X_SERVICE_PORT_HTTP, 9090",
    "GRPC_CLIENT_TARGETS_X_PORT_9090_TCP_PROTO, tcp",
    "GRPC_CLIENT_TARGETS_GREETER_KEEPALIVE_WITHOUT_CALLS, true",
    "GRPC_CLIENT_TARGETS_ORDER_SERVICE_DEADLINE, 3s",
  })
  void variablesThatMaySetNothingHereAreLeftAlone(String name, String value) {
    inVariables(Map.of(name, value))
        .withPropertyValues(
            "grpc.client.targets.greeter.address=localhost:1",
            "grpc.client.targets.order-service.address=localhost:2")
        .run(context ->
            assertThat(context).hasNotFailed().getBeans(ClientConn.class).hasSize(2));
  }

  @ParameterizedTest
  @CsvSource({
    "GRPC_CLIENT_TARGETS_GREETER_DEADLIN, deadline",
    "GRPC_CLIENT_DEFAULTS_DEADLIN, deadline",
    "GRPC_CLIENT_TARGET_GREETER_DEADLINE, grpc.client.targets.greeter.deadline",
    "GRPC_CLIENT_TARGETS_MY_SERVICE_ADDRESS, GRPC_CLIENT_TARGETS_MYSERVICE_ADDRESS",
  })
  void misspeltVariableFailsTheStart(String name, String remedy) {
    FailureAnalysis analysis = StartFailure.of(inVariables(Map.of(name, "1s")));

    assertThat(analysis.getDescription()).contains("Origin: \"" + name + "\"").contains(remedy);
  }

  @ParameterizedTest
  @CsvSource({
    "GRPC_CLIENT_TARGETS_PORTS_ADRESS, GRPC_CLIENT_TARGETS_PORTS_ADDRESS=1s",
    "GRPC_CLIENT_DEFAULTS_KEEPALIVE_TIEM, GRPC_CLIENT_DEFAULTS_KEEPALIVE_TIME=1s",
    "GRPC_CLIENT_TARGET_GREETER_USERAGENT, GRPC_CLIENT_TARGETS_GREETER_USERAGENT=1s",
  })
  void misspeltVariableShowsTheVariableToWrite(String name, String instead) {
    FailureAnalysis analysis = StartFailure.of(inVariables(Map.of(name, "1s")));

    assertThat(analysis.getAction()).isEqualTo("Write instead:\n\n    " + instead + "\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "localhost:99999 | The port 99999 is not between 1 and 65535",
        "dns:///localhost:0 | The port 0 is not between 1 and 65535",
        "static://localhost:1,localhost:70000 | The port 70000 is not between 1 and 65535",
        "static:// | It has no host. Write static://<host>:<port>",
        "static://, | It has no host. Write static://<host>:<port>",
        "static://localhost:1,,localhost:2 | The list of hosts has an empty element",
        "static://localhost:1, | The list of hosts has an empty element",
        "dns:/// | It has no host.",
        "localhost:grpc | The port 'grpc' is not a number",
        "localhost: | The port after the colon is missing",
        "localhost:9101/ | An address has no path. Write localhost:9101",
        "localhost:1,localhost:2 | Write static://localhost:1,localhost:2",
        "9090 | It is a port without a host",
        "dns:9090 | It has no host. Write dns:///<host>:9090",
        "dns://localhost:9101 | Write three slashes: dns:///localhost:9101",
        "localhost;9090 | No host name has the character ';'. Write <host>:<port>, several",
        "dns:///localhost;9090 | No host name has the character ';'",
        "localhost:1;localhost:2 | No host name has the character ';'",
        "static://localhost:1;localhost:2 | No host name has the character ';'",
        "localhost:90:90 | No host name has the character ':'",
        "local host:9090 | No host name has the character ' '",
        "user@localhost:9090 | No host name has the character '@'",
        "localhost：9090 | No host name has the character '：'",
        "localhost,localhost | A list of hosts needs a scheme. Write static://localhost,localhost",
        "localhost/ | An address has no path. Write localhost.",
        "/run/greeter.sock | It has no host.",
        "[::1;9090] | There is no IPv6 address in the brackets",
        "[localhost]:9090 | There is no IPv6 address in the brackets",
        "http://localhost:9101 | address: localhost:9101 and ssl.enabled: false",
        "https://greeter.example:9101/x | address: greeter.example:9101 and ssl.enabled: true",
        "tcp://localhost:9101/ | An address has no path. Write localhost:9101",
        "foo:///x | No name resolver on the classpath supports the scheme 'foo'",
        "xds:///greeter | Add the dependency io.grpc:grpc-xds",
        "in-process:greeter | cannot reach an in-process server",
        "${GREETER_ADDRESS} | ${GREETER_ADDRESS} has no value",
        "dns:///${GREETER}:1 | write a default: ${GREETER:<value>}",
      })
  void wrongAddressIsExplained(String address, String reason) {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client.targets.greeter:
          address: "%s"
        """.formatted(address));

    assertValueAndOrigin(analysis, "address", address, "2:12");
    assertThat(analysis.getDescription()).contains(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "keepalive.time | 1s | It must be at least 10s",
        "keepalive.timeout | 1ms | It must be at least 10ms",
        "inbound.message.max-size | -2B | or -1 for no limit",
        "outbound.metadata.never-indexed | x y | is no key of metadata",
        "throttling.max-tokens | 10.5 | It must be a whole number.",
        "streams.max-pending | 1.5 | It must be a whole number.",
        "retry.methods[0].max-attempts | 2.5 | It must be a whole number.",
        "proxy.address | proxy.example | It must be host:port, with a port between 1 and 65535,",
        "proxy.address | proxy;example:3128 | It must be host:port",
        "proxy.address | proxy.example:70000 | It must be host:port",
        "proxy.address | ftp://proxy.example:21 | The scheme 'ftp' of the proxy is not supported",
        "proxy.address | socks5://proxy.example | It must be host:port, with a port between 1 and",
        "proxy.ssl.bundle | mine | It has no effect without proxy.address.",
        "proxy.username | me | It has no effect without proxy.address.",
        "ssl.verify | none | It has no effect, because this target uses plaintext.",
        "authority | user@host | host or host:port",
        "ssl.bundle | mine | There is no SSL bundle of this name below spring.ssl.bundle. No",
      })
  void wrongValueIsExplained(String key, String value, String reason) {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client.targets.greeter:
          address: localhost:9090
          keepalive.time: 20s
          %s: %s
        """.formatted(key, value)
        .replaceFirst("(?s)(.*)keepalive.time: 20s\n  (keepalive.time:)", "$1$2"));

    assertThat(analysis.getDescription())
        .contains("'grpc.client.targets.greeter." + key + "'", "application.yml")
        .contains(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dns | refresh-interval: 10s, min-refresh-interval: 1m"
            + " | min-refresh-interval | It must not be more than %1$s.refresh-interval, which is"
            + " 10000ms.",
        "retry.buffer | total: 1MB, per-call: 2MB"
            + " | per-call | It must not be more than %1$s.total, which is 1048576B.",
        "ssl | enabled: false, verify: none | verify | It contradicts %1$s.enabled",
        "keepalive | timeout: 3s | timeout | It has no effect without keepalive.time",
        "keepalive | without-calls: true | without-calls | no effect without keepalive.time",
        "proxy | address: p.example:3128, password: hunter2 | address | Its proxy.password has no",
        "proxy | address: socks4://p.example:1, username: me, password: hunter2 | address |"
            + " SOCKS4 has no passwords: use socks5, or remove proxy.password.",
        "proxy | address: socks5://p.example:1, username: '' | address | Its proxy.username is",
        "proxy | address: socks5://p.example:1, ssl: { bundle: mine } | ssl.bundle | It has no"
            + " effect: TLS to the proxy needs a proxy.address that begins with https://.",
        "proxy | address: https://p.example:1, ssl: { bundle: mine } | ssl.bundle | There is no SSL"
            + " bundle of this name",
      })
  void valuesThatContradictAreExplained(String group, String keys, String key, String reason) {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client.targets.greeter:
          address: localhost:9090
          %s: { %s }
        """.formatted(group, keys));

    String name = "grpc.client.targets.greeter." + group;
    assertThat(analysis.getDescription())
        .contains("'" + name + "." + key + "' (originating from 'application.yml - 3:")
        .contains(reason.formatted(name))
        .doesNotContain("hunter2");
  }

  @Test
  void wordThatIsNoVerificationShowsTheAllowedOnes() {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client.targets.greeter:
          address: localhost:9090
          ssl: { enabled: true, verify: never }
        """);

    assertThat(analysis.getDescription())
        .contains("Property: grpc.client.targets.greeter.ssl.verify", "application.yml - 3:");
    assertThat(analysis.getAction()).contains("FULL", "NONE");
  }

  @Test
  void fractionOfAnInheritedNumberNamesTheDefaults() {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client:
          defaults.connections.max: 2.5
          targets.greeter.address: localhost:9090
        """);

    assertThat(analysis.getDescription())
        .startsWith("Invalid value '2.5' for configuration property"
            + " 'grpc.client.defaults.connections.max' (originating from 'application.yml - 2:")
        .contains("It must be a whole number.");
  }

  @Test
  void lineFeedInTheUserAgentIsRefused() {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client.targets.greeter:
          address: localhost:9090
          user-agent: "mine\\nx-forged: 1"
        """);

    assertThat(analysis.getDescription())
        .contains("grpc.client.targets.greeter.user-agent", "application.yml - 3:")
        .contains("Character 5 is 0x0A");
  }

  @Test
  void missingBundleShowsTheBundlesThereAre() {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client.targets.greeter:
          address: localhost:9090
          ssl.bundle: mien
        spring.ssl.bundle.pem.mine.truststore.certificate: classpath:none.pem
        """);

    assertThat(analysis.getDescription()).contains("Did you mean 'mine'? Configured: mine.");
  }

  @Test
  void missingBundleThatResemblesNoneShowsTheBundlesOnly() {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client.targets.greeter:
          address: localhost:9090
          ssl.bundle: partners
        spring.ssl.bundle.pem.mine.truststore.certificate: classpath:none.pem
        """);

    assertThat(analysis.getDescription())
        .contains("Configured: mine.")
        .doesNotContain("Did you mean");
  }

  @Test
  void bundleAndNoTlsOfOneTargetContradict() {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client.targets.greeter:
          address: localhost:9090
          ssl:
            bundle: mine
            enabled: false
        """);

    assertValueAndOrigin(analysis, "ssl.enabled", "false", "5:14");
    assertThat(analysis.getDescription())
        .contains("It contradicts grpc.client.targets.greeter.ssl.bundle");
  }

  @Test
  void bundleAndNoTlsOfTheDefaultsContradict() {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client.targets.greeter.address: localhost:9090
        grpc.client.defaults.ssl: {bundle: mine, enabled: false}
        """);

    assertThat(analysis.getDescription())
        .contains("grpc.client.defaults.ssl.enabled")
        .contains("It contradicts grpc.client.defaults.ssl.bundle");
  }

  @Test
  void targetMaySwitchOffTheBundleOfTheDefaults() {
    this.runner
        .withPropertyValues(
            "grpc.client.defaults.ssl.bundle=mine",
            "grpc.client.targets.greeter.address=localhost:9090",
            "grpc.client.targets.greeter.ssl.enabled=false")
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void undecidedSecurityShowsWhereTheAddressStands() {
    FailureAnalysis analysis =
        StartFailure.of(this.runner, "grpc.client.targets.greeter.address: greeter.example:9090");

    assertThat(analysis.getDescription()).endsWith("""


                Property: grpc.client.targets.greeter.address
                Value: "greeter.example:9090"
                Origin: application.yml - 1:38
            """.stripTrailing());
  }

  @ParameterizedTest
  @CsvSource({
    "defaults.address, localhost:${port}, It stands for 'localhost:90900'. It applies to one",
    "targets.greeter.address, localhost:${port}, It stands for 'localhost:90900'. The port",
    "defaults.retry.max-attempts, -${port}, It stands for '-90900'. It must be at least 1.",
  })
  void valueWithPlaceholdersIsShownAsItIsResolved(String key, String value, String reason) {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        port: 90900
        grpc.client:
          %s: %s
          targets.clock.address: localhost:1
        """.formatted(key, value));

    assertThat(analysis.getDescription())
        .contains("'grpc.client." + key + "'", "application.yml - 3:")
        .contains(reason);
  }

  @Test
  void valueThatCannotBeConvertedNamesItsTarget() {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client.targets:
          greeter: { address: "localhost:1" }
          clock: { address: "localhost:2", deadline: soon }
        """);

    assertThat(analysis.getDescription())
        .contains("Property: grpc.client.targets.clock.deadline", "Value: \"soon\"")
        .contains("application.yml - 3:")
        .doesNotContain("greeter");
  }

  @Test
  void missingAddressShowsTheSettingsThereAre() {
    FailureAnalysis analysis =
        StartFailure.of(this.runner, "grpc.client.targets.greeter.deadline: 1s");

    assertThat(analysis.getDescription())
        .contains("grpc.client.targets.greeter.deadline", "application.yml - 1:39");
  }

  @Test
  void twoSpellingsOfANameShowBothLines() {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client.targets:
          order-service.address: localhost:1
          orderService.deadline: 1s
        """);

    assertThat(analysis.getDescription())
        .contains("application.yml - 2:26", "application.yml - 3:26");
  }

  private ApplicationContextRunner inVariables(Map<String, Object> variables) {
    String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
    return this.runner.withInitializer(context -> context
        .getEnvironment()
        .getPropertySources()
        .replace(name, new SystemEnvironmentPropertySource(name, variables)));
  }

  private static void assertValueAndOrigin(
      FailureAnalysis analysis, String key, String value, String place) {
    assertThat(analysis.getDescription())
        .startsWith("Invalid value '%s' for configuration property 'grpc.client.targets.greeter.%s'"
                .formatted(value, key)
            + " (originating from 'application.yml - %s').".formatted(place));
  }
}
