// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.File;
import javax.net.ssl.SSLException;

/**
 * The certificate of ports with TLS.
 *
 * @param certificate chain in PEM
 * @param key its private key in PEM, PKCS#8, not encrypted
 */
record ServerCertificate(File certificate, File key) {

  /** OpenSSL where it loads, as it costs the server less; ALPN offers HTTP/2 alone. */
  SslContext context() throws SSLException {
    return SslContextBuilder.forServer(certificate, key)
        .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
        .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
        .applicationProtocolConfig(new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            ApplicationProtocolNames.HTTP_2))
        .build();
  }

  static IllegalArgumentException missing(ServerSetting setting) {
    return new IllegalArgumentException("'" + setting.text()
        + "' needs a certificate; give --certificate=FILE.pem and --key=FILE.pem");
  }
}
