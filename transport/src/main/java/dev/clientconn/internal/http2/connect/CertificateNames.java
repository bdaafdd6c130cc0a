// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import io.netty.util.NetUtil;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Matches hosts against the subject alternative names of a server's certificate (RFC 9525 section
 * 6.3). The common name is ignored. The handshake has already verified that the certificate is
 * trusted.
 *
 * @param names DNS names, in lower case
 * @param addresses IP addresses, 4 or 16 bytes
 */
record CertificateNames(List<String> names, List<byte[]> addresses) {
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;

  /** Returns no names if the server sent no certificate, or one that cannot be parsed. */
  static CertificateNames of(SSLSession session) {
    List<String> names = new ArrayList<>();
    List<byte[]> addresses = new ArrayList<>();
    try {
      Certificate[] chain = session.getPeerCertificates();
      if (chain.length > 0 && chain[0] instanceof X509Certificate certificate) {
        read(certificate, names, addresses);
      }
    } catch (SSLPeerUnverifiedException | CertificateParsingException e) {
      // Without names nothing matches, so the call is refused.
    }
    return new CertificateNames(List.copyOf(names), List.copyOf(addresses));
  }

  private static void read(X509Certificate certificate, List<String> names, List<byte[]> addresses)
      throws CertificateParsingException {
    Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
    if (alternatives == null) {
      return;
    }
    for (List<?> alternative : alternatives) {
      if (alternative.get(1) instanceof String text) {
        int type = (Integer) alternative.get(0);
        if (type == DNS_NAME) {
          names.add(text.toLowerCase(Locale.ROOT));
        } else if (type == IP_ADDRESS) {
          addAddress(text, addresses);
        }
      }
    }
  }

  private static void addAddress(String text, List<byte[]> addresses) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(text);
    if (address != null) {
      addresses.add(address);
    }
  }

  /**
   * @param host a DNS name, an IPv4 or an IPv6 address, without brackets
   */
  boolean include(String host) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
    if (address != null) {
      return addresses.stream().anyMatch(known -> Arrays.equals(known, address));
    }
    String name = host.toLowerCase(Locale.ROOT);
    return names.stream().anyMatch(known -> matches(known, name));
  }

  /** A wildcard stands for the complete leftmost label, and for one label only. */
  private static boolean matches(String known, String name) {
    if (!known.startsWith("*.")) {
      return known.equals(name);
    }
    int dot = name.indexOf('.');
    return dot > 0 && name.substring(dot).equals(known.substring(1));
  }

  /** Returns the names for an error message. */
  @Override
  public String toString() {
    List<String> all = new ArrayList<>(names);
    addresses.forEach(address -> all.add(NetUtil.bytesToIpAddress(address)));
    return all.isEmpty() ? "none" : String.join(", ", all);
  }
}
