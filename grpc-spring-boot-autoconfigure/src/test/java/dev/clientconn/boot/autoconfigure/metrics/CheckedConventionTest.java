// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.clientconn.boot.GrpcTransportMeterConvention;
import dev.clientconn.boot.autoconfigure.metrics.MeterIds.MeterId;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class CheckedConventionTest {

  private static final Series READY = Series.of(TransportMeter.CONNECTIONS, "ready");

  private static final MeterId DEFAULT =
      new MeterId("grpc.transport.connections", Tags.of("target", "greeter", "state", "ready"));

  private final Logger logger = (Logger) LoggerFactory.getLogger(CheckedConvention.class);

  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  @BeforeEach
  void record() {
    this.logged.start();
    this.logger.addAppender(this.logged);
  }

  @AfterEach
  void detach() {
    this.logger.detachAppender(this.logged);
  }

  @Test
  void conventionDecidesNamesAndTags() {
    MeterIds ids = ids(new GrpcTransportMeterConvention() {
      @Override
      public String name(String meter) {
        return meter.replace("grpc.transport.", "ours.");
      }

      @Override
      public Map<String, String> tags(String meter, String target, Map<String, String> tags) {
        Map<String, String> all = new LinkedHashMap<>(tags);
        all.remove("target");
        all.put("client", target);
        return all;
      }
    });

    assertThat(ids.of("greeter", READY))
        .isEqualTo(new MeterId("ours.connections", Tags.of("client", "greeter", "state", "ready")));
    assertThat(messages()).isEmpty();
  }

  @Test
  void conventionThatThrowsIsReplacedAndNamedOnce() {
    MeterIds ids = ids(new GrpcTransportMeterConvention() {
      @Override
      public String name(String meter) {
        throw new AssertionError("no name");
      }

      @Override
      public Map<String, String> tags(String meter, String target, Map<String, String> tags) {
        throw new IllegalStateException("no tags");
      }
    });

    assertThat(ids.of("greeter", READY)).isEqualTo(DEFAULT);
    assertThat(messages())
        .containsExactly("The meter convention 'mine' fails for the name of"
            + " 'grpc.transport.connections': java.lang.AssertionError: no name. The default is"
            + " used there, and wherever else it has a mistake");
  }

  @Test
  void nullAndBlankAreReplaced() {
    assertThat(ids(names(null)).of("greeter", READY)).isEqualTo(DEFAULT);
    assertThat(ids(names(" ")).of("greeter", READY)).isEqualTo(DEFAULT);
    assertThat(ids(tags(null)).of("greeter", READY)).isEqualTo(DEFAULT);
    Map<String, String> nullValue = new HashMap<>();
    nullValue.put("target", null);
    assertThat(ids(tags(nullValue)).of("greeter", READY)).isEqualTo(DEFAULT);
    assertThat(messages()).hasSize(4);
  }

  @Test
  void oneMeterThatFailsLeavesTheOthersAsTheyAre() {
    MeterIds ids = ids(new GrpcTransportMeterConvention() {
      @Override
      public String name(String meter) {
        if (meter.endsWith("active")) {
          throw new IllegalStateException();
        }
        return "x." + meter;
      }
    });

    assertThat(ids.of("greeter", Series.of(TransportMeter.STREAMS_ACTIVE)).name())
        .isEqualTo("grpc.transport.streams.active");
    assertThat(ids.of("greeter", READY).name()).isEqualTo("x.grpc.transport.connections");
  }

  @Test
  void sameNameForTwoMetersIsReplacedForAll() {
    assertThat(ids(names("same")).of("greeter", READY)).isEqualTo(DEFAULT);
    assertThat(messages()).hasSize(1).first().asString().contains("the same name 'same'");
  }

  @Test
  void sameTagsForTwoSeriesAreReplacedForTheWholeMeter() {
    MeterIds ids = ids(tags(Map.of("app", "shop")));

    assertThat(ids.of("greeter", READY)).isEqualTo(DEFAULT);
    assertThat(messages()).hasSize(1).first().asString().contains("the same tags");
  }

  @Test
  void differentKeysAreReplacedForTheWholeMeter() {
    MeterIds ids = ids(new GrpcTransportMeterConvention() {
      @Override
      public Map<String, String> tags(String meter, String target, Map<String, String> tags) {
        return tags.containsValue("ready") ? Map.of("only", "ready") : tags;
      }
    });

    assertThat(ids.of("greeter", READY)).isEqualTo(DEFAULT);
    assertThat(messages()).hasSize(1).first().asString().contains("different keys");
  }

  @Test
  void targetsThatCannotBeToldApartHaveTheDefaultTags() {
    MeterIds ids = ids(new GrpcTransportMeterConvention() {
      @Override
      public Map<String, String> tags(String meter, String target, Map<String, String> tags) {
        Map<String, String> all = new HashMap<>(tags);
        all.remove("target");
        return all;
      }
    });

    assertThat(ids.of("other", READY).tags()).isEqualTo(Tags.of("state", "ready"));
    assertThat(ids.of("greeter", READY)).isEqualTo(DEFAULT);
    assertThat(messages())
        .hasSize(1)
        .first()
        .asString()
        .contains("the same tags for the targets 'greeter' and 'other'");

    ids.remove("other");
    ids.remove("greeter");
    assertThat(ids.of("greeter", READY).tags()).isEqualTo(Tags.of("state", "ready"));
  }

  private static MeterIds ids(GrpcTransportMeterConvention convention) {
    return new MeterIds(new CheckedConvention("mine", convention));
  }

  private static GrpcTransportMeterConvention names(@Nullable String name) {
    return new GrpcTransportMeterConvention() {
      @Override
      @SuppressWarnings("NullAway") // as foreign code may
      public String name(String meter) {
        return name;
      }
    };
  }

  private static GrpcTransportMeterConvention tags(@Nullable Map<String, String> all) {
    return new GrpcTransportMeterConvention() {
      @Override
      @SuppressWarnings("NullAway") // as foreign code may
      public Map<String, String> tags(String meter, String target, Map<String, String> tags) {
        return all;
      }
    };
  }

  private List<String> messages() {
    return this.logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
