// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.hpack;

import io.netty.util.AsciiString;
import java.util.HashMap;
import java.util.Map;

/** Finds fields in HPACK's static table (RFC 7541 appendix A). */
final class HpackStaticTable {

  /** Name and value; most fields have no value. */
  private static final String[][] FIELDS = {
    {":authority", ""},
    {":method", "GET"},
    {":method", "POST"},
    {":path", "/"},
    {":path", "/index.html"},
    {":scheme", "http"},
    {":scheme", "https"},
    {":status", "200"},
    {":status", "204"},
    {":status", "206"},
    {":status", "304"},
    {":status", "400"},
    {":status", "404"},
    {":status", "500"},
    {"accept-charset", ""},
    {"accept-encoding", "gzip, deflate"},
    {"accept-language", ""},
    {"accept-ranges", ""},
    {"accept", ""},
    {"access-control-allow-origin", ""},
    {"age", ""},
    {"allow", ""},
    {"authorization", ""},
    {"cache-control", ""},
    {"content-disposition", ""},
    {"content-encoding", ""},
    {"content-language", ""},
    {"content-length", ""},
    {"content-location", ""},
    {"content-range", ""},
    {"content-type", ""},
    {"cookie", ""},
    {"date", ""},
    {"etag", ""},
    {"expect", ""},
    {"expires", ""},
    {"from", ""},
    {"host", ""},
    {"if-match", ""},
    {"if-modified-since", ""},
    {"if-none-match", ""},
    {"if-range", ""},
    {"if-unmodified-since", ""},
    {"last-modified", ""},
    {"link", ""},
    {"location", ""},
    {"max-forwards", ""},
    {"proxy-authenticate", ""},
    {"proxy-authorization", ""},
    {"range", ""},
    {"referer", ""},
    {"refresh", ""},
    {"retry-after", ""},
    {"server", ""},
    {"set-cookie", ""},
    {"strict-transport-security", ""},
    {"transfer-encoding", ""},
    {"user-agent", ""},
    {"vary", ""},
    {"via", ""},
    {"www-authenticate", ""},
  };

  static final int SIZE = FIELDS.length;

  private static final AsciiString[] VALUES = new AsciiString[SIZE];

  /** Index of the first field of each name; fields of the same name are consecutive. */
  private static final Map<AsciiString, Integer> FIRST = new HashMap<>();

  static {
    for (int i = 0; i < SIZE; i++) {
      VALUES[i] = AsciiString.cached(FIELDS[i][1]);
      FIRST.putIfAbsent(AsciiString.cached(FIELDS[i][0]), i + 1);
    }
  }

  private HpackStaticTable() {}

  /** Returns the index of the first field of that name, 0 for none. */
  static int index(AsciiString name) {
    return FIRST.getOrDefault(name, 0);
  }

  /**
   * Returns the index of a field, 0 for none.
   *
   * @param first the result of {@link #index} for the name
   */
  static int index(int first, AsciiString value) {
    if (first == 0) {
      return 0;
    }
    String name = FIELDS[first - 1][0];
    for (int i = first; i <= SIZE && FIELDS[i - 1][0].equals(name); i++) {
      if (VALUES[i - 1].equals(value)) {
        return i;
      }
    }
    return 0;
  }
}
