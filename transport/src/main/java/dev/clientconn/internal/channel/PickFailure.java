// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import io.grpc.CallOptions;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Reads from a picker why it fails calls: policies report the reason nowhere else. */
final class PickFailure {

  private PickFailure() {}

  /** Returns the status that the picker fails calls with, {@code null} if it does not. */
  static @Nullable Status of(SubchannelPicker picker) {
    try {
      @Nullable PickResult result = picker.pickSubchannel(new NoCall());
      return result == null || result.getStatus().isOk() ? null : result.getStatus();
    } catch (Throwable t) {
      // A picker is foreign code, and may expect more of a call than this one has.
      return null;
    }
  }

  /** Describes a call that is never made. */
  private static final class NoCall extends PickSubchannelArgs {
    private static final MethodDescriptor<InputStream, InputStream> METHOD =
        MethodDescriptor.<InputStream, InputStream>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("dev.clientconn.State/Read")
            .setRequestMarshaller(new NoMessages())
            .setResponseMarshaller(new NoMessages())
            .build();

    private final Metadata headers = new Metadata();

    @Override
    public CallOptions getCallOptions() {
      return CallOptions.DEFAULT;
    }

    @Override
    public Metadata getHeaders() {
      return headers;
    }

    @Override
    public MethodDescriptor<?, ?> getMethodDescriptor() {
      return METHOD;
    }
  }

  private static final class NoMessages implements MethodDescriptor.Marshaller<InputStream> {
    @Override
    public InputStream stream(InputStream value) {
      return value;
    }

    @Override
    public InputStream parse(InputStream stream) {
      return new ByteArrayInputStream(new byte[0]);
    }
  }
}
