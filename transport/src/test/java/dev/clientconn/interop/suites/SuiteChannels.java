// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.suites;

import dev.clientconn.ClientConnBuilder;
import dev.clientconn.interop.suites.SuiteCase.ServerAddress;
import io.grpc.ChannelCredentials;
import io.grpc.ConnectivityState;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Holds one connected channel for each server and each way to reach it. */
final class SuiteChannels {
  private static final int CONNECT_SECONDS = 120;
  private static final int CLOSE_SECONDS = 60;
  private static final String PKCS1 = "RSA PRIVATE KEY";

  private final Map<ServerAddress, ManagedChannel> channels = new ConcurrentHashMap<>();

  /**
   * Gives the channel once it is READY: a case's deadline is for its call, not for the connection.
   */
  ManagedChannel connected(ServerAddress server) throws InterruptedException {
    ManagedChannel channel = channels.computeIfAbsent(server, SuiteChannels::open);
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(CONNECT_SECONDS);
    ConnectivityState state = channel.getState(true);
    while (state != ConnectivityState.READY) {
      CountDownLatch changed = new CountDownLatch(1);
      channel.notifyWhenStateChanged(state, changed::countDown);
      if (!changed.await(limit - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw new IllegalStateException(server.port() + " is " + state);
      }
      state = channel.getState(true);
    }
    return channel;
  }

  void shutdown() throws InterruptedException {
    for (ManagedChannel channel : channels.values()) {
      channel.shutdown();
    }
    for (ManagedChannel channel : channels.values()) {
      if (!channel.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("a channel did not terminate: " + channel);
      }
    }
  }

  private static ManagedChannel open(ServerAddress server) {
    String target = server.host() + ":" + server.port();
    try {
      ClientConnBuilder builder = server.certificate().isEmpty()
          ? ClientConnBuilder.forTarget(target, InsecureChannelCredentials.create())
          : ClientConnBuilder.forTarget(target, tls(server));
      if (server.receiveLimit() > 0) {
        builder.maxInboundMessageSize(server.receiveLimit());
      }
      return builder.build();
    } catch (IOException e) {
      throw new IllegalArgumentException("credentials of " + target, e);
    }
  }

  private static ChannelCredentials tls(ServerAddress server) throws IOException {
    TlsChannelCredentials.Builder tls =
        TlsChannelCredentials.newBuilder().trustManager(server.certificate().newInput());
    if (!server.clientKey().isEmpty()) {
      tls.keyManager(
          server.clientCertificate().newInput(),
          new ByteArrayInputStream(pkcs8(server.clientKey().toStringUtf8())));
    }
    return tls.build();
  }

  /**
   * Wraps the suite's PKCS#1 key into PKCS#8 (RFC 5208, section 5), which is what grpc-java's API
   * reads.
   */
  private static byte[] pkcs8(String pem) {
    if (!pem.contains(PKCS1)) {
      return pem.getBytes(StandardCharsets.US_ASCII);
    }
    String base64 = pem.replaceAll("-----[^-]*-----|\\s", "");
    byte[] algorithm = Base64.getDecoder().decode("MA0GCSqGSIb3DQEBAQUA");
    byte[] version = {2, 1, 0};
    byte[] key = der(4, Base64.getDecoder().decode(base64));
    byte[] wrapped = der(0x30, version, algorithm, key);
    return ("-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(wrapped)
            + "\n-----END PRIVATE KEY-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** One element of DER, with its length in two bytes. */
  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream element = new ByteArrayOutputStream();
    element.write(tag);
    element.write(0x82);
    element.write(content.size() >> 8);
    element.write(content.size());
    element.writeBytes(content.toByteArray());
    return element.toByteArray();
  }
}
