// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.internal.transport.ChannelDefaults;
import dev.clientconn.internal.transport.TransportListeners;
import dev.clientconn.internal.transport.TransportOptions;
import dev.clientconn.internal.transport.TransportOptions.KeepaliveOptions;
import dev.clientconn.internal.wire.HeaderText;
import dev.clientconn.transport.Dialer;
import dev.clientconn.transport.TransportListener;
import io.grpc.ClientTransportFilter;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.ManagedChannelBuilder;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Collects the options about connections and what is sent over them: security, dialing, windows,
 * keepalive, header fields, compression. Makes the {@link TransportOptions}.
 *
 * @param <B> the builder that the methods return
 */
abstract class TransportOptionsBuilder<B extends ManagedChannelBuilder<B>>
    extends ManagedChannelBuilder<B> {
  private static final long NEVER_PING_DAYS = 1000;

  private ChannelSecurity security;
  private @Nullable Dialer dialer;
  private TransportListener transportListener = TransportListener.NONE;
  private final List<ClientTransportFilter> transportFilters = new ArrayList<>();
  private Duration connectTimeout = ChannelDefaults.CONNECT_TIMEOUT;
  private int streamWindow = ChannelDefaults.WINDOW;
  private int connectionWindow = ChannelDefaults.WINDOW;
  private boolean growWindows = ChannelDefaults.GROW_WINDOWS;
  private int maxPendingStreams = ChannelDefaults.MAX_PENDING_STREAMS;
  private @Nullable Duration keepaliveTime;
  private Duration keepaliveTimeout = ChannelDefaults.KEEPALIVE_TIMEOUT;
  private boolean keepaliveWithoutCalls;
  private @Nullable String userAgent;
  private int maxInboundMetadataSize = ChannelDefaults.MAX_INBOUND_METADATA_SIZE;
  private final Set<String> neverIndexedHeaders = new HashSet<>();
  private @Nullable String authority;
  private CompressorRegistry compressors = CompressorRegistry.getDefaultInstance();
  private DecompressorRegistry decompressors = DecompressorRegistry.getDefaultInstance();

  TransportOptionsBuilder(ChannelSecurity security) {
    this.security = security;
  }

  abstract B self();

  /**
   * Sets the TLS context to use in place of the default.
   *
   * @param sslContext a client's, which offers {@code h2} by ALPN
   * @return this
   * @throws IllegalArgumentException for another one
   * @throws IllegalStateException if the builder was made with channel credentials
   */
  public B sslContext(SslContext sslContext) {
    security = security.withTls("sslContext", ReloadableTls.of(sslContext), sslContext);
    return self();
  }

  /**
   * Sets TLS material that can be replaced while the channel runs.
   *
   * @param tls may be shared by several channels
   * @return this
   * @throws IllegalStateException if the builder was made with channel credentials
   */
  public B tls(ReloadableTls tls) {
    security = security.withTls("tls", tls, tls);
    return self();
  }

  /**
   * Makes connections without TLS.
   *
   * @throws IllegalStateException if the builder was made with channel credentials
   */
  @Override
  public B usePlaintext() {
    security = security.withPlaintext();
    return self();
  }

  /**
   * Makes connections with TLS, which is the default.
   *
   * @throws IllegalStateException if the builder was made with channel credentials
   */
  @Override
  public B useTransportSecurity() {
    security = security.withTransportSecurity();
    return self();
  }

  /**
   * Sets what makes the connections, in place of the default for TCP, unix sockets and proxies.
   *
   * @param dialer called on the event loop of each connection
   * @return this
   */
  public B dialer(Dialer dialer) {
    this.dialer = dialer;
    return self();
  }

  /**
   * Adds a listener that is notified when calls have waited for a stream slot.
   *
   * @param listener called on event loops, after those that were added before; one that throws is
   *     logged and not called again
   * @return this
   */
  public B transportListener(TransportListener listener) {
    transportListener = TransportListeners.of(transportListener, listener);
    return self();
  }

  /**
   * Adds a filter of connections, called on their event loops: it must not block. Calls and
   * credentials see the attributes that it returns. A filter that throws fails the connection; the
   * next one is tried after the usual backoff.
   */
  @Override
  public B addTransportFilter(ClientTransportFilter filter) {
    transportFilters.add(Objects.requireNonNull(filter, "filter"));
    return self();
  }

  /**
   * Limits an attempt to connect, TLS handshake and the peer's SETTINGS included.
   *
   * @param timeout positive; 20 s by default
   * @return this
   * @throws IllegalArgumentException for zero or less
   */
  public B connectTimeout(Duration timeout) {
    connectTimeout = OptionChecks.positive(timeout, "connectTimeout");
    return self();
  }

  /**
   * Sets the initial receive window of each stream.
   *
   * @param bytes 65,535 to 2^31-1; 1 MiB by default
   * @return this
   * @throws IllegalArgumentException for less
   */
  public B initialStreamWindow(int bytes) {
    streamWindow = checkWindow(bytes, "initialStreamWindow");
    return self();
  }

  /**
   * Sets the initial receive window of each connection.
   *
   * @param bytes 65,535 to 2^31-1; 1 MiB by default
   * @return this
   * @throws IllegalArgumentException for less
   */
  public B initialConnectionWindow(int bytes) {
    connectionWindow = checkWindow(bytes, "initialConnectionWindow");
    return self();
  }

  /**
   * Sets whether receive windows grow, up to 16 MiB, to the bandwidth-delay product of the path to
   * the server. It is measured with a ping now and then while much data arrives.
   *
   * @param grow true by default
   * @return this
   */
  public B growWindows(boolean grow) {
    growWindows = grow;
    return self();
  }

  /**
   * Limits the calls that wait for a stream slot of one address. Further ones fail with
   * RESOURCE_EXHAUSTED.
   *
   * @param calls 0 or more; 65,536 by default
   * @return this
   * @throws IllegalArgumentException for less
   */
  public B maxPendingStreams(int calls) {
    maxPendingStreams = OptionChecks.atLeast(0, calls, "maxPendingStreams", "0 or more");
    return self();
  }

  /**
   * Sends a ping when nothing has been received for this long (gRFC A8). A server that responds
   * with GOAWAY "too_many_pings" doubles the time for later connections.
   *
   * @param value positive; never by default. Less than 10 s counts as 10 s, 1000 days and more as
   *     never
   * @throws IllegalArgumentException for 0 or less
   */
  @Override
  public B keepAliveTime(long value, TimeUnit unit) {
    Duration time = OptionChecks.positive(value, unit, "keepAliveTime");
    keepaliveTime = unit.toDays(value) >= NEVER_PING_DAYS
        ? null
        : OptionChecks.max(time, ChannelDefaults.MIN_KEEPALIVE_TIME);
    return self();
  }

  /**
   * Sets how long nothing may arrive after a keepalive ping before the connection counts as dead.
   * Without {@link ClientConnBuilder#keepAliveTime} it has no effect.
   *
   * @param value positive; 20 s by default. Less than 10 ms counts as 10 ms
   * @throws IllegalArgumentException for 0 or less
   */
  @Override
  public B keepAliveTimeout(long value, TimeUnit unit) {
    keepaliveTimeout = OptionChecks.max(
        OptionChecks.positive(value, unit, "keepAliveTimeout"),
        ChannelDefaults.MIN_KEEPALIVE_TIMEOUT);
    return self();
  }

  /** Sets whether to ping while there are no calls, too. Default false; servers must allow it. */
  @Override
  public B keepAliveWithoutCalls(boolean enable) {
    keepaliveWithoutCalls = enable;
    return self();
  }

  /**
   * Sets a text to put in front of the library's own {@code user-agent}.
   *
   * @param userAgent printable ASCII; {@code null} removes it
   * @throws IllegalArgumentException if it has other characters
   */
  @Override
  public B userAgent(@Nullable String userAgent) {
    if (userAgent != null) {
      OptionChecks.noProblem(HeaderText.problemOfValue(userAgent), "userAgent ");
    }
    this.userAgent = userAgent == null ? null : userAgent.strip();
    return self();
  }

  /**
   * Limits the header list that a call may receive. A larger one fails its call with INTERNAL. A
   * header block whose encoded size exceeds both four times this and 64 KiB fails its connection,
   * too.
   *
   * @param bytes as HTTP/2 counts them: names, values and 32 for each field. 1 or more; 8 KiB by
   *     default
   * @throws IllegalArgumentException for 0 or less
   */
  @Override
  public B maxInboundMetadataSize(int bytes) {
    maxInboundMetadataSize = OptionChecks.atLeast(1, bytes, "maxInboundMetadataSize", "1 or more");
    return self();
  }

  /**
   * Adds names of request metadata whose values are secret, or differ from call to call. They are
   * sent as never-indexed fields (RFC 7541 section 7.1.3), which neither this side nor an
   * intermediary stores in a compression table. So the size of later requests does not reveal a
   * value, and fields that all calls have in common are not evicted. The usual names of
   * credentials, such as {@code authorization}, {@code cookie} and {@code x-api-key}, tracing
   * headers and all names that end in {@code -bin} are always sent so.
   *
   * @param names in upper or lower case
   * @return this
   * @throws IllegalArgumentException if one of them cannot be the name of a header
   */
  public B neverIndexedHeaders(Collection<String> names) {
    for (String name : names) {
      OptionChecks.noProblem(
          HeaderText.problemOfName(name), "neverIndexedHeaders: '" + name + "' ");
    }
    for (String name : names) {
      neverIndexedHeaders.add(name.toLowerCase(Locale.ROOT));
    }
    return self();
  }

  /**
   * Replaces the target's authority: {@code :authority} of every call, and the name that TLS
   * verifies.
   *
   * @param authority {@code host} or {@code host:port} in ASCII, without user information; an
   *     internationalised name as {@code xn--...}
   * @throws IllegalArgumentException for anything else
   */
  @Override
  public B overrideAuthority(String authority) {
    this.authority = OptionChecks.authority(authority);
    return self();
  }

  /** Sets how responses are decompressed. Default: what io.grpc registers, which is gzip. */
  @Override
  public B decompressorRegistry(DecompressorRegistry registry) {
    decompressors = registry;
    return self();
  }

  /**
   * Sets how the requests of calls with a compressor are compressed. Default: io.grpc's registry.
   */
  @Override
  public B compressorRegistry(CompressorRegistry registry) {
    compressors = registry;
    return self();
  }

  @Nullable
  final String userAgent() {
    return userAgent;
  }

  final ChannelSecurity security() {
    return security;
  }

  final @Nullable Dialer dialer() {
    return dialer;
  }

  final @Nullable String authority() {
    return authority;
  }

  final CompressorRegistry compressors() {
    return compressors;
  }

  final DecompressorRegistry decompressors() {
    return decompressors;
  }

  final TransportOptions transportOptions() {
    return new TransportOptions(
        UserAgent.of(userAgent),
        OptionChecks.encodings(decompressors.getAdvertisedMessageEncodings()),
        connectTimeout,
        streamWindow,
        connectionWindow,
        growWindows,
        maxInboundMetadataSize,
        Set.copyOf(neverIndexedHeaders),
        maxPendingStreams,
        keepaliveTime == null
            ? null
            : new KeepaliveOptions(keepaliveTime, keepaliveTimeout, keepaliveWithoutCalls),
        List.copyOf(transportFilters),
        transportListener);
  }

  private static int checkWindow(int bytes, String option) {
    return OptionChecks.atLeast(
        ChannelDefaults.MIN_WINDOW, bytes, option, "from 65535 to 2147483647");
  }
}
