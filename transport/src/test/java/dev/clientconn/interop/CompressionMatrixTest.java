// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConnBuilder;
import io.grpc.CallOptions;
import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Who compresses, and who announces what, between ClientConn and grpc-java's server, in every
 * combination.
 */
@Timeout(120)
class CompressionMatrixTest {
  private static final Metadata.Key<String> ENCODING =
      Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> ACCEPT_ENCODING =
      Metadata.Key.of("grpc-accept-encoding", Metadata.ASCII_STRING_MARSHALLER);

  private final BlockingQueue<Metadata> requestHeaders = new LinkedBlockingQueue<>();
  private final CountedGzip clientCodec = new CountedGzip();
  private final CountedGzip serverCodec = new CountedGzip();

  /**
   * Server and client read gzip where they accept it. A response is compressed only where the
   * client accepts it.
   */
  @ParameterizedTest
  @CsvSource({
    "true, true, true", "true, true, false", "true, false, true", "true, false, false",
    "false, true, true", "false, true, false", "false, false, true", "false, false, false",
  })
  void eachSideReadsWhatTheOtherCompresses(
      boolean clientCompresses, boolean serverCompresses, boolean clientAccepts) throws Exception {
    byte[] message = new byte[20_000];
    Arrays.fill(message, (byte) 7);
    Server server = server(serverCompresses);
    ManagedChannel channel = channel(server.getPort(), clientAccepts);
    try {
      CallOptions options =
          clientCompresses ? CallOptions.DEFAULT.withCompression("gzip") : CallOptions.DEFAULT;

      byte[] answer = ClientCalls.blockingUnaryCall(channel, RawMethods.UNARY, options, message);

      assertThat(answer).isEqualTo(message);
    } finally {
      end(channel, server);
    }
    Metadata headers = requestHeaders.take();
    assertThat(headers.get(ENCODING)).isEqualTo(clientCompresses ? "gzip" : null);
    assertThat(headers.get(ACCEPT_ENCODING)).isEqualTo(clientAccepts ? "gzip" : null);
    assertThat(clientCodec.compressed.get()).isEqualTo(clientCompresses ? 1 : 0);
    assertThat(serverCodec.decompressed.get()).isEqualTo(clientCompresses ? 1 : 0);
    int answered = serverCompresses && clientAccepts ? 1 : 0;
    assertThat(serverCodec.compressed.get()).isEqualTo(answered);
    assertThat(clientCodec.decompressed.get()).isEqualTo(answered);
  }

  private Server server(boolean compresses) throws IOException {
    return NettyServerBuilder.forPort(0)
        .compressorRegistry(compressors(serverCodec))
        .decompressorRegistry(DecompressorRegistry.emptyInstance().with(serverCodec, true))
        .addService(ServerServiceDefinition.builder(RawMethods.SERVICE)
            .addMethod(RawMethods.UNARY, ServerCalls.asyncUnaryCall((request, observer) -> {
              observer.onNext(request);
              observer.onCompleted();
            }))
            .build())
        .intercept(new ServerInterceptor() {
          @Override
          public <Q, S> ServerCall.Listener<Q> interceptCall(
              ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
            requestHeaders.add(headers);
            if (compresses) {
              call.setCompression("gzip");
            }
            return next.startCall(call, headers);
          }
        })
        .build()
        .start();
  }

  private ManagedChannel channel(int port, boolean accepts) {
    return ClientConnBuilder.forAddress("localhost", port)
        .usePlaintext()
        .compressorRegistry(compressors(clientCodec))
        .decompressorRegistry(DecompressorRegistry.emptyInstance().with(clientCodec, accepts))
        .build();
  }

  private static CompressorRegistry compressors(Codec codec) {
    CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
    registry.register(codec);
    return registry;
  }

  private static void end(ManagedChannel channel, Server server) throws InterruptedException {
    channel.shutdownNow();
    server.shutdownNow();
    assertThat(channel.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(server.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
  }

  /** Gzip that counts the messages it has worked on. */
  private static final class CountedGzip implements Codec {
    final AtomicInteger compressed = new AtomicInteger();
    final AtomicInteger decompressed = new AtomicInteger();
    private final Codec gzip = new Codec.Gzip();

    @Override
    public String getMessageEncoding() {
      return "gzip";
    }

    @Override
    public OutputStream compress(OutputStream out) throws IOException {
      compressed.incrementAndGet();
      return gzip.compress(out);
    }

    @Override
    public InputStream decompress(InputStream in) throws IOException {
      decompressed.incrementAndGet();
      return gzip.decompress(in);
    }
  }
}
