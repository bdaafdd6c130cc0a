// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Converts header lists to text and back. */
public final class HeaderFields {

  private HeaderFields() {}

  /** Returns a list that is not validated. */
  public static Http2Headers headers(String... namesAndValues) {
    Http2Headers headers = new DefaultHttp2Headers(false);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return headers;
  }

  public static List<String> list(Http2Headers headers) {
    List<String> list = new ArrayList<>();
    for (Map.Entry<CharSequence, CharSequence> header : headers) {
      list.add(header.getKey() + ": " + header.getValue());
    }
    return list;
  }
}
