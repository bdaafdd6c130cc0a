// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.testing;

import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.TlsVersion;
import dev.clientconn.internal.transport.TransportConnector;
import io.grpc.Attributes;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Records each dial as a {@link FakeTransport} that the test then drives. */
public final class FakeConnector implements TransportConnector {
  public final List<FakeTransport> dials = new ArrayList<>();
  public int closed;
  public boolean throwsOnConnect;
  private TlsVersion tlsVersion = TlsVersion.FIXED;
  private Runnable tlsListener = () -> {};

  @Override
  public ClientTransport connect(
      SocketAddress address,
      String authority,
      Attributes attributes,
      ClientTransport.Listener listener) {
    if (throwsOnConnect) {
      throw new IllegalStateException("no such address type");
    }
    FakeTransport transport = new FakeTransport(address, authority, listener);
    dials.add(transport);
    return transport;
  }

  public FakeTransport dial(int number) {
    return dials.get(number);
  }

  /** The newest dial. */
  public FakeTransport last() {
    return dials.get(dials.size() - 1);
  }

  public long live() {
    return dials.stream().filter(transport -> !transport.terminated).count();
  }

  @Override
  public TlsVersion tlsVersion() {
    return tlsVersion;
  }

  @Override
  public void onTlsChange(Runnable listener) {
    tlsListener = listener;
  }

  /** Replaces the keys and certificates. */
  public void changeTls(String source) {
    tlsVersion = new TlsVersion(tlsVersion.number() + 1, source);
    tlsListener.run();
  }

  @Override
  public void close() {
    closed++;
  }
}
