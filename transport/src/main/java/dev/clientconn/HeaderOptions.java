// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.internal.wire.HeaderText;
import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The options of {@link ClientConnBuilder} about the header fields of requests and responses. */
abstract class HeaderOptions extends RetryOptions {
  final ClientConnSettings settings;

  HeaderOptions(ClientConnSettings settings) {
    this.settings = settings;
  }

  /**
   * Put in front of the library's own {@code user-agent}. {@code null} takes it back.
   *
   * @throws IllegalArgumentException if it has other characters than printable ASCII
   */
  @Override
  public ClientConnBuilder userAgent(@Nullable String userAgent) {
    if (userAgent != null) {
      refuse(HeaderText.problemOfValue(userAgent), "userAgent ");
    }
    settings.userAgent = userAgent == null ? null : userAgent.strip();
    return self();
  }

  /**
   * The largest header list that a call may receive, bytes as HTTP/2 counts them: names, values and
   * 32 for each field. 1 or more; default 8 KiB. A larger one fails its call with INTERNAL. A block
   * that is, as sent, larger than four times this and than 64 KiB fails its connection, too.
   */
  @Override
  public ClientConnBuilder maxInboundMetadataSize(int bytes) {
    settings.maxInboundMetadataSize =
        ClientConnSettings.check(bytes, b -> b > 0, "maxInboundMetadataSize", "1 or more");
    return self();
  }

  /**
   * Adds names of request metadata whose values are secret, or differ from call to call. They are
   * sent as never-indexed fields (RFC 7541 section 7.1.3), which neither this side nor an
   * intermediary keeps in a compression table: others on a shared connection cannot guess them by the
   * size of what is sent, and they evict nothing that the calls have in common. The usual names of
   * credentials, such as {@code authorization}, {@code cookie} and {@code x-api-key}, tracing
   * headers and all names that end in {@code -bin} are sent so in any case.
   *
   * @param names in upper or lower case
   * @throws IllegalArgumentException if one of them cannot be the name of a header
   */
  public ClientConnBuilder neverIndexedHeaders(Collection<String> names) {
    for (String name : names) {
      refuse(HeaderText.problemOfName(name), "neverIndexedHeaders: '" + name + "' ");
    }
    for (String name : names) {
      settings.neverIndexedHeaders.add(name.toLowerCase(Locale.ROOT));
    }
    return self();
  }

  private static void refuse(@Nullable String problem, String option) {
    if (problem != null) {
      throw new IllegalArgumentException(option + problem);
    }
  }
}
