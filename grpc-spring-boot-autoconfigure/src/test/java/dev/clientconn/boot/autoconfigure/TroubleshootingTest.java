// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Compares the page about troubleshooting with the messages of the code. {@link StartFailure}
 * looks each failed start up on the page, too.
 */
class TroubleshootingTest {

  /** Parts of other messages, and what ends attempts of which no call is notified. */
  private static final List<String> NOT_SEEN = List.of(
      ": gRPC needs HTTP/2 (h2) by ALPN",
      ": give the channel a certificate",
      ": this channel speaks TLS 1.3 and 1.2",
      "-----BEGIN PRIVATE KEY-----",
      "Connection closed while",
      "No name matching",
      "No subject alternative",
      "The call ended while its stream was opened",
      "The hedged call was committed to another attempt",
      "in the TLS handshake",
      "connection timed out",
      "not an ssl/tls record",
      "private key or certificate chain",
      "the call waited for a stream slot of one connection, and there may be others now",
      "the connection has used up its stream ids",
      "the connection is not ready yet",
      "the peer has lowered its limit of concurrent streams",
      "trusted root certificates",
      "fatal alert",
      "… through the proxy …");

  /** Messages of Spring Boot, grpc-java, Netty and the JDK that users see first. */
  private static final Set<String> OF_OTHERS = Set.of(
      "Connection refused",
      "Unable to resolve host",
      "failed to convert …",
      "is not a valid duration");

  @Test
  void everyMessageOfTheCodeHasARow() throws IOException {
    List<String> missing = MessageTexts.ofMessages().entrySet().stream()
        .filter(text -> NOT_SEEN.stream().noneMatch(text.getKey()::contains))
        .filter(text -> !Troubleshooting.hasRow(text.getKey()))
        .map(text -> text.getValue() + ": " + text.getKey())
        .toList();

    assertThat(missing)
        .as("messages that docs/troubleshooting.md needs a row for: | `part of it` | meaning |"
            + " remedy |")
        .isEmpty();
  }

  @Test
  void everyRowIsAMessageOfTheCode() throws IOException {
    String code = MessageTexts.ofAllStrings().keySet().stream().collect(Collectors.joining("\n"));

    assertThat(Troubleshooting.rows()).hasSizeGreaterThan(150).doesNotHaveDuplicates();
    assertThat(Troubleshooting.rows())
        .filteredOn(row -> !OF_OTHERS.contains(row))
        .filteredOn(row -> !Troubleshooting.parts(row).stream().allMatch(code::contains))
        .as("rows of docs/troubleshooting.md that are in no string of the code")
        .isEmpty();
  }
}
