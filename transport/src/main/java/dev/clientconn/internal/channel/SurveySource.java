// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.call.ConfigGate;
import dev.clientconn.internal.call.UnsentCalls;
import dev.clientconn.internal.call.WaitingCall;
import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.transport.WaitCause;
import java.util.ArrayList;
import java.util.List;

/** Finds the connections of a channel and its calls without a stream, on any thread. */
@CrossesThreads
record SurveySource(
    ConfigGate gate, PickerWrapper picker, AddrConns subchannels, UnsentCalls unsent)
    implements StreamSurvey.Source {

  @Override
  public List<ClientTransport> connections() {
    return subchannels.all().stream()
        .flatMap(addrConn -> addrConn.view().connections().stream())
        .toList();
  }

  @Override
  public List<WaitingCall> waitingCalls() {
    List<WaitingCall> calls = new ArrayList<>(gate.waiting());
    boolean resolved = !subchannels.isEmpty();
    calls.addAll(picker.waiting(resolved ? WaitCause.CONNECTING : WaitCause.NAME_RESOLUTION));
    for (AddrConn addrConn : subchannels.all()) {
      SlotQueue queue = addrConn.view().slots();
      if (queue != null) {
        calls.addAll(queue.waiting());
      }
    }
    calls.addAll(unsent.waitingCalls());
    return calls;
  }
}
