// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.http2.connect.NettyDialer;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.StreamParameters;
import dev.clientconn.testing.FixedParameters;
import dev.clientconn.transport.Dialer;
import dev.clientconn.transport.TransportListener;
import io.grpc.Attributes;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs a peer at the other end of a TCP connection, on the test's thread. {@link #close} checks
 * that the connection has left nothing behind.
 */
final class SocketPeer implements Conversation.Stage, AutoCloseable {

  private static final int PATIENCE_SECONDS = 30;

  private final EventLoop loop;
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
  private final RecordingOwner owner = new RecordingOwner();
  private final CompletableFuture<Void> readyOrGone = new CompletableFuture<>();
  private final CompletableFuture<Void> gone = new CompletableFuture<>();
  private final List<RecordingCall> calls = new ArrayList<>();
  private final Http2ClientTransport transport;
  private final Socket socket;
  private int untilReady = Integer.MAX_VALUE;

  private SocketPeer(EventLoop loop) throws IOException {
    this.loop = loop;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      transport = new Http2ClientTransport(
          loop,
          new Http2ClientTransport.Peer(server.getLocalSocketAddress(), "authority", null),
          new Http2Peer.Setup().options(new TransportListener() {}),
          new Watching());
      transport.connect(this::dial);
      socket = server.accept();
      socket.setTcpNoDelay(true);
    }
  }

  static SocketPeer connecting(EventLoop loop) throws IOException {
    return new SocketPeer(loop);
  }

  private ChannelFuture dial(Dialer.Request request) {
    ChannelFuture dialled = new NettyDialer(null).dial(request);
    dialled.channel().config().setAllocator(allocator);
    return dialled;
  }

  /**
   * Once the peer has sent so many bytes, if it will, what it sends next waits for the connection
   * to be ready.
   */
  void becomesReadyAfter(int settingsBytes, int willSend) {
    untilReady = willSend >= settingsBytes ? settingsBytes : Integer.MAX_VALUE;
  }

  @Override
  public RecordingCall call(@Nullable Duration deadline) {
    RecordingCall call = new RecordingCall();
    call.bind(transport.newStream(
        new FixedParameters(
            Http2Peer.METHOD,
            null,
            deadline == null ? null : Deadline.after(deadline.toNanos(), TimeUnit.NANOSECONDS),
            null,
            0,
            1 << 20,
            StreamParameters.DEFAULT_ON_READY_THRESHOLD,
            new Metadata()),
        call));
    calls.add(call);
    return call;
  }

  @Override
  public void receive(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    untilReady -= bytes.length;
    if (untilReady <= 0) {
      untilReady = Integer.MAX_VALUE;
      await(readyOrGone);
    }
  }

  @Override
  public void settle() {
    loop.submit(() -> {}).syncUninterruptibly();
  }

  /** Sends no more, and reads until the connection has closed too. */
  void finishes() throws IOException {
    socket.shutdownOutput();
    InputStream in = socket.getInputStream();
    byte[] ignored = new byte[4096];
    while (in.read(ignored) >= 0) {
      // Until its end.
    }
    awaitEnd();
  }

  void resets() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
    awaitEnd();
  }

  /** Closes with bytes unread, so that TCP sends a reset. */
  void closesUnread() throws IOException {
    socket.close();
  }

  void awaitEnd() {
    await(gone);
    settle();
  }

  /** The loop does nothing until the latch that this returns is counted down. */
  CountDownLatch keepsLoopBusy() throws InterruptedException {
    CountDownLatch free = new CountDownLatch(1);
    CountDownLatch busy = new CountDownLatch(1);
    loop.execute(() -> {
      busy.countDown();
      try {
        free.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    busy.await();
    return free;
  }

  /** A call that another connection's callback, on the same loop, starts on this one. */
  RecordingCall callAfterTheEnd() {
    RecordingCall late = call(Duration.ofSeconds(PATIENCE_SECONDS));
    CompletableFuture<Void> ended = new CompletableFuture<>();
    late.onClosed = () -> ended.complete(null);
    // Behind the tasks in which Netty fires the channel's end.
    loop.execute(() -> loop.execute(() -> late.start(Http2Peer.bytes("late"), true)));
    await(ended);
    return late;
  }

  private static void await(CompletableFuture<Void> future) {
    try {
      future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("it did not come", e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    awaitEnd();
    assertThat(owner.phases).endsWith("terminated");
    assertThat(owner.violations).isEmpty();
    for (RecordingCall call : calls) {
      assertThat(call.complaints()).isEmpty();
    }
    assertThat(transport.snapshot().streams().active()).as("open streams").isZero();
    assertThat(allocator.metric().usedDirectMemory()).as("direct memory").isZero();
    assertThat(allocator.metric().usedHeapMemory()).as("heap buffers").isZero();
  }

  private final class Watching implements ClientTransport.Listener {
    @Override
    public void onReady(Attributes attributes) {
      owner.onReady(attributes);
      readyOrGone.complete(null);
    }

    @Override
    public void onDraining(Status reason) {
      owner.onDraining(reason);
    }

    @Override
    public void onTerminated(Status reason) {
      owner.onTerminated(reason);
      readyOrGone.complete(null);
      gone.complete(null);
    }
  }
}
