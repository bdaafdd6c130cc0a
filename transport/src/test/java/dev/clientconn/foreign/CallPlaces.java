// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.foreign;

import static dev.clientconn.foreign.Fault.Kind.NULL;
import static dev.clientconn.foreign.Fault.Kind.TWICE;

import dev.clientconn.foreign.Place.Setup;
import dev.clientconn.internal.call.BrokenTracers;
import dev.clientconn.testing.TextMethods;
import dev.clientconn.transport.TransportListener;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** Foreign code that runs for one call. */
final class CallPlaces {
  private CallPlaces() {}

  static List<Place> all() {
    List<Place> places = new ArrayList<>(List.of(
        Place.of("request marshaller", CallPlaces::requestMarshaller)
            .endsWith(Code.CANCELLED)
            .on(NULL, Code.CANCELLED),
        Place.of("response marshaller", CallPlaces::responseMarshaller).endsWith(Code.INTERNAL),
        Place.of("compressor", s -> compressor(s, false))
            .endsWith(Code.CANCELLED)
            .on(NULL, Code.CANCELLED),
        Place.of("compressor's name", s -> compressor(s, true)).endsWith(Code.INTERNAL),
        Place.of("decompressor", CallPlaces::decompressor)
            .endsWith(Code.INTERNAL)
            .on(NULL, Code.INTERNAL),
        Place.of("picker", CallPlaces::picker).endsWith(Code.INTERNAL).on(NULL, Code.INTERNAL),
        Place.of("call credentials", CallPlaces::credentials)
            .endsWith(Code.UNAUTHENTICATED)
            .on(NULL, Code.INTERNAL)
            .on(TWICE, Code.OK),
        Place.of("call executor", s -> s.options = s.options.withExecutor(executor(s.fault)))
            .endsWith(Code.CANCELLED)
            .on(TWICE, Code.OK),
        Place.of("channel executor", s -> s.builder.executor(executor(s.fault)))
            .endsWith(Code.CANCELLED)
            .on(TWICE, Code.OK),
        Place.of("offload executor of credentials", CallPlaces::offload)
            .endsWith(Code.UNAUTHENTICATED)
            .on(TWICE, Code.OK),
        Place.of("tracer factory", CallPlaces::tracerFactory)
            .endsWith(Code.INTERNAL)
            .on(NULL, Code.INTERNAL),
        Place.of("transport listener", CallPlaces::transportListener)
            .endsWith(Code.OK)
            .waitsForSlot()));
    for (String method : List.of("interceptCall", "start")) {
      places.add(
          Place.of("interceptor's " + method, s -> interceptor(s, method)).throwsToCaller(false));
    }
    for (String method : List.of("started", "sendMessage", "halfClose")) {
      places.add(
          Place.of("interceptor's " + method, s -> interceptor(s, method)).throwsToCaller(true));
    }
    for (String callback : List.of("onReady", "onHeaders", "onMessage")) {
      places.add(
          Place.of("listener's " + callback, s -> listener(s, callback)).endsWith(Code.CANCELLED));
    }
    places.add(Place.of("listener's onClose", s -> listener(s, "onClose")).endsWith(Code.OK));
    for (String event : BrokenTracers.EVENTS.subList(1, BrokenTracers.EVENTS.size())) {
      places.add(Place.of("tracer's " + event, s -> tracer(s, event)).endsWith(Code.OK));
    }
    return places;
  }

  private static void requestMarshaller(Setup setup) {
    setup.marshaller = new TextMethods.TextMarshaller() {
      @Override
      public InputStream stream(String value) {
        return setup.fault.orNull(super.stream(value));
      }
    };
  }

  private static void responseMarshaller(Setup setup) {
    setup.marshaller = new TextMethods.TextMarshaller() {
      @Override
      public String parse(InputStream stream) {
        setup.fault.strike();
        return super.parse(stream);
      }
    };
  }

  private static void compressor(Setup setup, boolean atName) {
    Codec gzip = new Codec.Gzip();
    CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
    registry.register(new Codec() {
      @Override
      public String getMessageEncoding() {
        if (atName) {
          setup.fault.strike();
        }
        return gzip.getMessageEncoding();
      }

      @Override
      public OutputStream compress(OutputStream plain) throws IOException {
        return atName ? gzip.compress(plain) : setup.fault.orNull(gzip.compress(plain));
      }

      @Override
      public InputStream decompress(InputStream compressed) throws IOException {
        return gzip.decompress(compressed);
      }
    });
    setup.builder.compressorRegistry(registry);
    setup.options = setup.options.withCompression("gzip");
  }

  private static void decompressor(Setup setup) {
    Codec gzip = new Codec.Gzip();
    setup.builder.decompressorRegistry(DecompressorRegistry.emptyInstance()
        .with(
            new Codec() {
              @Override
              public String getMessageEncoding() {
                return gzip.getMessageEncoding();
              }

              @Override
              public OutputStream compress(OutputStream plain) throws IOException {
                return gzip.compress(plain);
              }

              @Override
              public InputStream decompress(InputStream compressed) throws IOException {
                return setup.fault.orNull(gzip.decompress(compressed));
              }
            },
            true));
  }

  private static void picker(Setup setup) {
    setup.withPolicy();
    setup.policy.picker =
        args -> setup.fault.orNull(PickResult.withSubchannel(setup.policy.subchannel()));
  }

  static void credentials(Setup setup) {
    setup.options = setup.options.withCallCredentials(new CallCredentials() {
      @Override
      public void applyRequestMetadata(RequestInfo info, Executor offload, MetadataApplier to) {
        Metadata metadata = setup.fault.orNull(new Metadata());
        if (!setup.fault.is(Fault.Kind.NEVER)) {
          to.apply(metadata);
        }
        if (setup.fault.is(TWICE)) {
          to.apply(metadata);
        }
      }
    });
  }

  static Executor executor(Fault fault) {
    return task -> {
      fault.strike();
      if (!fault.is(Fault.Kind.NEVER)) {
        task.run();
      }
      if (fault.is(TWICE)) {
        task.run();
      }
    };
  }

  static void offload(Setup setup) {
    setup.builder.offloadExecutor(executor(setup.fault));
    setup.options = setup.options.withCallCredentials(new CallCredentials() {
      @Override
      public void applyRequestMetadata(RequestInfo info, Executor offload, MetadataApplier to) {
        offload.execute(() -> to.apply(new Metadata()));
      }
    });
  }

  private static void tracerFactory(Setup setup) {
    setup.options = setup.options.withStreamTracerFactory(new ClientStreamTracer.Factory() {
      @Override
      public ClientStreamTracer newClientStreamTracer(
          ClientStreamTracer.StreamInfo info, Metadata headers) {
        return setup.fault.orNull(new ClientStreamTracer() {});
      }
    });
  }

  private static void tracer(Setup setup, String event) {
    setup.withPolicy();
    setup.policy.picker = args -> {
      args.getPickDetailsConsumer().addOptionalLabel("key", "value");
      return PickResult.withSubchannel(setup.policy.subchannel());
    };
    setup.options =
        setup.options.withStreamTracerFactory(new BrokenTracers(event, setup.fault.thrown));
  }

  private static void transportListener(Setup setup) {
    setup.builder.transportListener(new TransportListener() {
      @Override
      public void streamSlotWaited(WaitOutcome outcome, long nanos) {
        setup.fault.strike();
      }
    });
  }

  private static void listener(Setup setup, String callback) {
    setup.listening = name -> {
      if (name.equals(callback)) {
        setup.fault.strike();
      }
    };
  }

  private static void interceptor(Setup setup, String method) {
    setup.builder.intercept(new ClientInterceptor() {
      @Override
      public <A, B> ClientCall<A, B> interceptCall(
          MethodDescriptor<A, B> of, CallOptions options, Channel next) {
        on("interceptCall");
        return new SimpleForwardingClientCall<>(next.newCall(of, options)) {
          @Override
          public void start(Listener<B> listener, Metadata headers) {
            on("start");
            super.start(listener, headers);
            on("started");
          }

          @Override
          public void sendMessage(A message) {
            on("sendMessage");
            super.sendMessage(message);
          }

          @Override
          public void halfClose() {
            on("halfClose");
            super.halfClose();
          }
        };
      }

      private void on(String what) {
        if (what.equals(method)) {
          setup.fault.strike();
        }
      }
    });
  }
}
