// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BdpEstimatorTest {

  private static final long RTT = 20_000_000;
  private static final int START = 65_535;

  private final BdpEstimator bdp = new BdpEstimator(START);
  private long now = 1_000;

  @Test
  void oneSampleIsTakenAtATime() {
    assertThat(bdp.needsPing()).isTrue();
    bdp.onPingSent(now, 0);
    assertThat(bdp.needsPing()).isFalse();
    bdp.onPingAck(now + RTT);
    assertThat(bdp.needsPing()).isTrue();
  }

  @Conforms("T051")
  @Test
  void dataBeforeThePingIsNotPartOfTheSample() {
    bdp.onData(10 * START);
    bdp.onPingSent(now, 0);

    assertThat(bdp.onPingAck(now + RTT)).isZero();
  }

  @Test
  void whatArrivedSinceTheWindowLastOpenedIsPartOfTheSample() {
    bdp.onPingSent(now, START / 2);
    bdp.onData(START / 4);

    assertThat(bdp.onPingAck(now + RTT)).isEqualTo(2 * (START / 2 + START / 4));
  }

  @Conforms("T056")
  @Test
  void aSampleThatFillsTheWindowDoublesIt() {
    assertThat(roundTrip(START)).isEqualTo(2 * START);
    assertThat(bdp.estimate()).isEqualTo(2 * START);
  }

  @Conforms("T056")
  @Test
  void aSmallSampleDoesNotRaiseTheWindow() {
    assertThat(roundTrip(START / 2)).isZero();
  }

  /** Twice six tenths would be a larger window, but the sample was not limited by the window. */
  @Test
  void aSampleOfSixTenthsDoesNotRaiseTheWindow() {
    assertThat(roundTrip(START * 6 / 10)).isZero();
    assertThat(bdp.estimate()).isEqualTo(START);
  }

  @Test
  void aSampleOfTwoThirdsRaisesTheWindow() {
    BdpEstimator hundred = new BdpEstimator(100);
    hundred.onPingSent(now, 0);
    hundred.onData(66);

    assertThat(hundred.onPingAck(now + RTT)).isEqualTo(132);
  }

  @Test
  void aSampleThatEqualsTheWindowDoesNotRaiseIt() {
    BdpEstimator largest = new BdpEstimator(BdpEstimator.LIMIT);
    largest.onPingSent(now, 0);
    largest.onData(BdpEstimator.LIMIT);

    assertThat(largest.onPingAck(now + RTT)).isZero();
  }

  @Conforms("T055")
  @Test
  void aSampleAtALowerBandwidthThanBeforeDoesNotRaiseTheWindow() {
    roundTrip(START);
    bdp.onPingSent(now, 0);
    bdp.onData(2 * START);
    now += 100 * RTT;

    assertThat(bdp.onPingAck(now)).isZero();
  }

  @Conforms("T058")
  @Test
  void growthStopsAtTheLimitAndSoDoPings() {
    int window = START;
    for (int i = 0; i < 20; i++) {
      window = Math.max(window, roundTrip(window));
    }

    assertThat(window).isEqualTo(BdpEstimator.LIMIT);
    assertThat(bdp.needsPing()).isFalse();
  }

  @Conforms("T059")
  @Test
  void neverShrinksBelowWhatItStartedWith() {
    BdpEstimator large = new BdpEstimator(1 << 20);
    large.onPingSent(now, 0);
    large.onData(60_000);

    assertThat(large.onPingAck(now + RTT)).isZero();
    assertThat(large.estimate()).isEqualTo(1 << 20);
  }

  @Test
  void anAckWithoutAPingIsIgnored() {
    assertThat(bdp.onPingAck(now)).isZero();
    assertThat(bdp.rttNanos()).isZero();
  }

  @Conforms("T054")
  @Test
  void theRoundTripIsTheMeanAtFirst() {
    bdp.onPingSent(0, 0);
    bdp.onPingAck(10);
    bdp.onPingSent(100, 0);
    bdp.onPingAck(120);

    assertThat(bdp.rttNanos()).isEqualTo(15);
  }

  @Conforms("T054")
  @Test
  void theRoundTripFollowsTheLatestSampleAfterTen() {
    for (int i = 0; i < 10; i++) {
      bdp.onPingSent(0, 0);
      bdp.onPingAck(10);
    }

    bdp.onPingSent(0, 0);
    bdp.onPingAck(110);

    // Nine tenths of the way from 10 to 110.
    assertThat(bdp.rttNanos()).isEqualTo(100);
  }

  @Conforms("T055")
  @ParameterizedTest
  @CsvSource({"3.0, true", "3.1, false"})
  void theBandwidthOfASampleIsOverTheMeanRoundTrip(double roundTrips, boolean grows) {
    roundTrip(START);
    bdp.onPingSent(now, 0);
    bdp.onData(2 * START);

    // The mean of 1 and 3 is 2: twice the bytes in twice the time are as fast as before.
    int grown = bdp.onPingAck(now + (long) (roundTrips * RTT));

    assertThat(grown > 0).isEqualTo(grows);
  }

  private int roundTrip(int bytes) {
    bdp.onPingSent(now, 0);
    bdp.onData(bytes);
    now += RTT;
    return bdp.onPingAck(now);
  }
}
