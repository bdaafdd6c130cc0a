// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

import dev.clientconn.ClientConnBuilder;
import io.grpc.TlsChannelCredentials;
import java.io.File;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A server that is already running. System properties describe it: {@value #ADDRESS} (host:port),
 * {@value #CA} (PEM file of the authorities to trust; without it plaintext), {@value #AUTHORITY}
 * (the name in its certificate, where it is not the host) and {@value #LACKS} (names of
 * {@link Feature}s, with commas between).
 */
final class ServerAtAddress implements InteropTarget {
  private static final String ADDRESS = "interop.server";
  private static final String CA = "interop.server.ca";
  private static final String AUTHORITY = "interop.server.authority";
  private static final String LACKS = "interop.server.lacks";

  private final String address = Objects.requireNonNull(
      System.getProperty(ADDRESS), "say where the server is: -D" + ADDRESS + "=host:port");

  @Override
  public ClientConnBuilder channelBuilder() throws IOException {
    String authority = System.getProperty(AUTHORITY);
    ClientConnBuilder builder = builder();
    return authority == null ? builder : builder.overrideAuthority(authority);
  }

  @Override
  public Map<Feature, String> missing() {
    return Arrays.stream(System.getProperty(LACKS, "").split(","))
        .map(String::trim)
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toMap(Feature::valueOf, name -> LACKS + " says so"));
  }

  @Override
  public String describe() {
    return address;
  }

  @Override
  public void close() {}

  private ClientConnBuilder builder() throws IOException {
    String ca = System.getProperty(CA);
    return ca == null
        ? ClientConnBuilder.forTarget(address).usePlaintext()
        : ClientConnBuilder.forTarget(
            address,
            TlsChannelCredentials.newBuilder().trustManager(new File(ca)).build());
  }
}
