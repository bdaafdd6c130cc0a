// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.netty.handler.codec.http2.Http2Error;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GoAwayTest extends PeerTest {

  @Conforms({"T164", "T171"})
  @Test
  void goAwayFailsOnlyStreamsAboveTheLastId() {
    Http2Peer peer = ready();
    RecordingCall below = peer.unary();
    RecordingCall last = peer.unary();
    RecordingCall above = peer.unary();
    peer.frames();

    peer.sendsGoAway(3, Http2Error.NO_ERROR, "");

    assertThat(above.takeEvents()).containsExactly("closed UNAVAILABLE REFUSED");
    peer.expectsNothing();
    peer.answers(1).answers(3);
    assertThat(List.of(below, last))
        .allSatisfy(c -> assertThat(c.status().isOk()).isTrue());
  }

  @Conforms("H35")
  @Test
  void idsThatFallOneStreamAtATimeLookAtOneStreamEach() {
    Http2Peer peer = ready();
    for (int i = 0; i < 100; i++) {
      peer.unary();
    }
    int walks = peer.table.walks();

    // From an id that no stream has to stream 101, two by two.
    for (int id = 1_001; id >= 101; id -= 2) {
      peer.sendsGoAway(id, Http2Error.NO_ERROR, "");
    }

    assertThat(peer.table.walks()).isEqualTo(walks);
    assertThat(peer.calls.subList(0, 51)).noneMatch(RecordingCall::isClosed);
    assertThat(peer.calls.subList(51, 100))
        .allMatch(c -> String.valueOf(c.status().getDescription()).contains("GOAWAY"));
  }

  @Test
  void anIdFarBelowTheNewestIsFoundByAWalkOfTheOpenStreams() {
    Http2Peer peer = ready();
    RecordingCall first = peer.unary();
    for (int id = 3; id < 201; id += 2) {
      peer.unary();
      peer.answers(id);
    }
    RecordingCall last = peer.unary();
    int walks = peer.table.walks();

    peer.sendsGoAway(1, Http2Error.NO_ERROR, "");

    assertThat(peer.table.walks()).isEqualTo(walks + 1);
    assertThat(first.isClosed()).isFalse();
    assertThat(last.takeEvents()).containsExactly("closed UNAVAILABLE REFUSED");
  }

  @Conforms("T172")
  @Test
  void theConnectionClosesWhenItsLastStreamHasEnded() {
    Http2Peer peer = ready();
    peer.unary();
    peer.frames();

    peer.sendsGoAway(1, Http2Error.NO_ERROR, "bye");
    assertThat(peer.owner.phases).containsExactly("ready", "draining");
    peer.answers(1);

    assertThat(peer.owner.phases).containsExactly("ready", "draining", "terminated");
    assertThat(peer.socket.isOpen()).isFalse();
    peer.expects("GOAWAY 0 NO_ERROR ");
    assertThat(peer.owner.terminated.getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(peer.owner.terminated.getDescription())
        .contains("GOAWAY with code NO_ERROR, debug data \"bye\"");
  }

  @Conforms("T173")
  @Test
  void theConnectionClosesAtOnceWithoutStreams() {
    Http2Peer peer = ready();

    peer.sendsGoAway(0, Http2Error.NO_ERROR, "");

    assertThat(peer.owner.phases).containsExactly("ready", "draining", "terminated");
  }

  @Conforms({"H08", "T180"})
  @Test
  void aSecondGoAwayMayNameALowerId() {
    Http2Peer peer = ready();
    RecordingCall first = peer.unary();
    RecordingCall second = peer.unary();

    peer.sendsGoAway(Integer.MAX_VALUE, Http2Error.NO_ERROR, "");
    assertThat(peer.owner.phases).containsExactly("ready", "draining");
    assertThat(second.isClosed()).isFalse();
    peer.sendsGoAway(1, Http2Error.NO_ERROR, "");

    assertThat(second.takeEvents()).containsExactly("closed UNAVAILABLE REFUSED");
    assertThat(first.isClosed()).isFalse();
    assertThat(peer.owner.phases).containsExactly("ready", "draining");
  }

  @Conforms({"H09", "T092"})
  @Test
  void waitingCallsAreNotSent() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.maxConcurrentStreams(1));
    RecordingCall open = peer.unary();
    RecordingCall waiting = peer.unary();
    peer.frames();

    peer.sendsGoAway(Integer.MAX_VALUE, Http2Error.NO_ERROR, "");

    assertThat(waiting.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
    assertThat(open.isClosed()).isFalse();
    peer.expectsNothing();
  }

  @Conforms({"J14", "T097"})
  @Test
  void newCallsAreNotSent() {
    Http2Peer peer = ready();
    peer.unary();
    peer.sendsGoAway(Integer.MAX_VALUE, Http2Error.NO_ERROR, "").frames();

    RecordingCall late = peer.unary();

    assertThat(late.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
    peer.expectsNothing();
  }

  @Conforms("T170")
  @Test
  void theOwnerIsNotifiedBeforeTheCalls() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    List<Boolean> closedWhenTold = new ArrayList<>();
    peer.owner.onDraining = () -> closedWhenTold.add(call.isClosed());

    peer.sendsGoAway(0, Http2Error.NO_ERROR, "");

    assertThat(closedWhenTold).containsExactly(false);
    assertThat(call.isClosed()).isTrue();
  }

  @Conforms("T174")
  @Test
  void anIdThatGrowsEndsTheConnection() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.unary();
    peer.sendsGoAway(1, Http2Error.NO_ERROR, "").frames();

    peer.sendsGoAway(3, Http2Error.NO_ERROR, "");

    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 PROTOCOL_ERROR"));
    assertThat(call.takeEvents()).containsExactly("closed UNAVAILABLE PROCESSED");
    assertThat(call.status().getDescription())
        .contains("GOAWAY raises its last stream id from 1 to 3");
    assertThat(peer.owner.phases).containsExactly("ready", "draining", "terminated");
  }

  @Conforms("T174")
  @Test
  void anEvenIdEndsTheConnection() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    peer.frames();

    peer.sendsGoAway(2, Http2Error.NO_ERROR, "");

    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 PROTOCOL_ERROR"));
    assertThat(call.status().getDescription()).contains("stream 2");
  }

  @Conforms("T176")
  @Test
  void laterFailuresNameTheGoAway() {
    Http2Peer peer = ready();
    RecordingCall reset = peer.unary();
    RecordingCall lost = peer.unary();
    peer.sendsGoAway(3, Http2Error.ENHANCE_YOUR_CALM, "too much");

    peer.sendsRst(1, 2).closes();

    String said = "received GOAWAY with code ENHANCE_YOUR_CALM, debug data \"too much\"";
    assertThat(reset.status().getDescription()).contains("RST_STREAM").contains(said);
    assertThat(lost.status().getDescription()).contains("lost").contains(said);
  }

  @Test
  void aCallThatEndsWellSaysNothingOfIt() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();

    peer.sendsGoAway(1, Http2Error.NO_ERROR, "").answers(1);

    assertThat(call.status()).isEqualTo(Status.OK);
  }

  @Conforms("T176")
  @Test
  void longDebugDataIsCut() {
    Http2Peer peer = ready();

    peer.sendsGoAway(0, Http2Error.INTERNAL_ERROR, "x".repeat(10_000));

    assertThat(peer.owner.terminated.getDescription()).hasSizeLessThan(500);
  }

  @Test
  void debugDataWritesNoLinesOfItsOwn() {
    Http2Peer peer = ready();

    peer.sendsGoAway(0, Http2Error.NO_ERROR, "a\r\nERROR b\u0000");

    assertThat(peer.owner.terminated.getDescription()).endsWith("debug data \"a  ERROR b \"");
  }

  @Test
  void aGoAwayThatRejectsNoMoreStreamsWalksNone() {
    Http2Peer peer = ready();
    for (int i = 0; i < 10; i++) {
      peer.unary();
    }
    peer.sendsGoAway(9, Http2Error.NO_ERROR, "");
    int walks = peer.table.walks();

    for (int i = 0; i < 100; i++) {
      peer.sendsGoAway(9, Http2Error.NO_ERROR, "");
    }

    assertThat(peer.table.walks()).isEqualTo(walks);
    assertThat(peer.table.active()).isEqualTo(5);
  }

  @Conforms("H11")
  @Test
  void aGoAwayMayFollowTheSettingsInOneRead() {
    Http2Peer peer = connecting();

    peer.inOneRead(() -> peer.sendsSettings(s -> {}).sendsGoAway(0, Http2Error.NO_ERROR, ""));

    assertThat(peer.owner.phases).containsExactly("ready", "draining", "terminated");
  }

  @Test
  void allStreamsRejectedAtOnceCloseTheConnectionOnce() {
    Http2Peer peer = ready();
    List<RecordingCall> calls = List.of(peer.unary(), peer.unary(), peer.unary());

    peer.sendsGoAway(0, Http2Error.NO_ERROR, "");

    assertThat(calls)
        .allSatisfy(c -> assertThat(c.takeEvents()).containsExactly("closed UNAVAILABLE REFUSED"));
    assertThat(peer.owner.phases).containsExactly("ready", "draining", "terminated");
  }

  @Conforms("H07")
  @Test
  void anUnknownCodeIsReportedAsANumber() {
    Http2Peer peer = ready();
    RecordingCall rejected = peer.unary();
    byte[] payload = {0, 0, 0, 0, 0x7e, 0x57, 0, 1};

    peer.sendsFrame(7, 0, 0, payload);

    assertThat(rejected.takeEvents()).containsExactly("closed UNAVAILABLE REFUSED");
    assertThat(peer.owner.terminated.getDescription()).contains("code").contains("2119630849");
  }

  @Conforms("T177")
  @Test
  void anIdThatGrowsAfterAllIsEndedIsIgnored() {
    Http2Peer peer = ready();

    peer.inOneRead(
        () -> peer.sendsGoAway(0, Http2Error.NO_ERROR, "").sendsGoAway(7, Http2Error.NO_ERROR, ""));

    peer.expects("GOAWAY 0 NO_ERROR ");
  }

  @Conforms({"H10", "H14"})
  @Test
  void requestsThatStillHaveDataToSendGoOn() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.initialWindowSize(0)).frames();
    RecordingCall processed = peer.unary();
    RecordingCall rejected = peer.unary();
    peer.expects("HEADERS 1", "HEADERS 3");

    peer.sendsGoAway(1, Http2Error.NO_ERROR, "");
    peer.inOneRead(() -> peer.sendsWindowUpdate(1, 100).sendsWindowUpdate(3, 100));

    peer.expects("DATA 1 10 END");
    assertThat(rejected.takeEvents()).containsExactly("closed UNAVAILABLE REFUSED");
    peer.answers(1);
    assertThat(processed.status().isOk()).isTrue();
  }

  @Test
  void aDeadlineThatPassesAfterGoAwayNamesBoth() {
    Http2Peer peer = ready();
    RecordingCall call =
        peer.call(peer.deadline(Duration.ofSeconds(1)), new Metadata()).start(new byte[] {1}, true);
    peer.loop.run();

    peer.sendsGoAway(1, Http2Error.NO_ERROR, "bye").after(Duration.ofSeconds(2));

    assertThat(call.status().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
    assertThat(call.status().getDescription())
        .isEqualTo("waited for the server's response\n"
            + "received GOAWAY with code NO_ERROR, debug data \"bye\"");
  }
}
