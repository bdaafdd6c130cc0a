// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop;

import dev.clientconn.ClientConnBuilder;
import io.grpc.testing.TlsTesting;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.runner.RunWith;
import org.junit.runners.JUnit4;

/** grpc-java's interop suite over the JDK's TLS. */
@RunWith(JUnit4.class)
public class InteropJdkTlsTest extends InteropTlsTest {

  @Override
  protected ClientConnBuilder createChannelBuilder() {
    try {
      return set(ClientConnBuilder.forTarget(target())
          .sslContext(SslContextBuilder.forClient()
              .sslProvider(SslProvider.JDK)
              .trustManager(TlsTesting.loadCert("ca.pem"))
              .applicationProtocolConfig(new ApplicationProtocolConfig(
                  Protocol.ALPN,
                  SelectorFailureBehavior.NO_ADVERTISE,
                  SelectedListenerFailureBehavior.ACCEPT,
                  ApplicationProtocolNames.HTTP_2))
              .build()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
