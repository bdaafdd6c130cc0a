// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import java.util.ArrayList;
import java.util.List;

/** Adds the metadata of a target to calls that do not have the same keys themselves. Immutable. */
record DefaultMetadata(List<Entry<?>> entries) {

  <ReqT, RespT> ClientCall<ReqT, RespT> addTo(ClientCall<ReqT, RespT> call) {
    return new SimpleForwardingClientCall<>(call) {
      @Override
      public void start(Listener<RespT> listener, Metadata headers) {
        DefaultMetadata.this.entries.forEach(entry -> entry.addTo(headers));
        super.start(listener, headers);
      }
    };
  }

  /** A key with all its values. */
  record Entry<T>(Metadata.Key<T> key, List<T> values) {

    void addTo(Metadata headers) {
      if (!headers.containsKey(this.key)) {
        this.values.forEach(value -> headers.put(this.key, value));
      }
    }
  }

  /** Collects the entries. */
  static final class Builder {

    private final List<Entry<?>> entries = new ArrayList<>();

    void addText(String key, List<String> values) {
      this.entries.add(new Entry<>(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER), values));
    }

    void addBinary(String key, List<byte[]> values) {
      this.entries.add(new Entry<>(Metadata.Key.of(key, Metadata.BINARY_BYTE_MARSHALLER), values));
    }

    boolean isEmpty() {
      return this.entries.isEmpty();
    }

    DefaultMetadata build() {
      return new DefaultMetadata(List.copyOf(this.entries));
    }
  }
}
