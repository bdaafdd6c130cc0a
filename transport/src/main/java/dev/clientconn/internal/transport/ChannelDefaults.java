// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import java.time.Duration;

/** Holds the default of every channel option that has one, and the limits that values must keep. */
public final class ChannelDefaults {

  public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);
  public static final Duration IDLE_TIMEOUT = Duration.ofMinutes(30);
  public static final Duration KEEPALIVE_TIMEOUT = Duration.ofSeconds(20);
  public static final String LOAD_BALANCING_POLICY = "pick_first";

  /** Receive window of a stream and of a connection, bytes. */
  public static final int WINDOW = 1024 * 1024;

  public static final boolean GROW_WINDOWS = true;

  /** Connections to one address, unless the service config says otherwise (gRFC A105). */
  public static final int MAX_CONNECTIONS_PER_ADDRESS = 1;

  /** Limits what the service config says, unless the application sets a limit (gRFC A105). */
  public static final int MAX_CONNECTIONS_OF_SERVICE_CONFIG = 10;

  /** After this time without a call, a connection beside another one is closed. */
  public static final Duration CONNECTION_IDLE_TIMEOUT = Duration.ofMinutes(5);

  public static final Duration MIN_CONNECTION_IDLE_TIMEOUT = Duration.ofSeconds(1);

  /** Calls that wait for a stream slot of one address. */
  public static final int MAX_PENDING_STREAMS = 65_536;

  /** Bytes, after decompression. */
  public static final int MAX_INBOUND_MESSAGE_SIZE = 4 * 1024 * 1024;

  /** Bytes, as RFC 9113 section 6.5.2 counts them. */
  public static final int MAX_INBOUND_METADATA_SIZE = 8 * 1024;

  /** Attempts of a call, the first included, that a policy of the service config may ask for. */
  public static final int MAX_ATTEMPTS = 5;

  /** Bytes of one call that are retained for a retry. */
  public static final long PER_RPC_BUFFER_LIMIT = 1024 * 1024;

  /** Bytes of all calls of a channel that are retained for retries. */
  public static final long RETRY_BUFFER_SIZE = 16 * 1024 * 1024;

  /** The window that HTTP/2 begins with (RFC 9113 section 6.9.2): an option can only enlarge it. */
  public static final int MIN_WINDOW = 65_535;

  /** How long the calls of a replaced connection may continue. */
  public static final Duration CONNECTION_AGE_GRACE = Duration.ofMinutes(5);

  public static final Duration MIN_CONNECTION_AGE = Duration.ofSeconds(1);

  public static final Duration MIN_IDLE_TIMEOUT = Duration.ofSeconds(1);

  /** gRFC A8: a shorter time is raised to this. */
  public static final Duration MIN_KEEPALIVE_TIME = Duration.ofSeconds(10);

  /** A shorter timeout is raised to this, as in grpc-java. */
  public static final Duration MIN_KEEPALIVE_TIMEOUT = Duration.ofMillis(10);

  private ChannelDefaults() {}
}
