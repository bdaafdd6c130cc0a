// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.test.context.DynamicPropertyRegistry;

/**
 * Runs a gRPC server that does what a test says, wrong things included: it resets streams, closes
 * connections, withholds window updates, or is silent. It listens on a free port of the loopback
 * interface, in plaintext. Without a script it responds to every call with one empty message, which
 * is a valid message of every protobuf type.
 *
 * <pre>
 * &#64;RegisterExtension
 * static final FaultyServer SERVER = new FaultyServer();
 *
 * &#64;DynamicPropertySource
 * static void target(DynamicPropertyRegistry properties) {
 *   SERVER.replaceTarget("greeter", properties);
 * }
 *
 * &#64;Test
 * void serverDrains() {
 *   SERVER.onCall(call -&gt; call.goAway(0, Http2Error.NO_ERROR, "maintenance"));
 *   ...
 * }</pre>
 *
 * <p>As a static extension it runs while the tests of the class run; after each test the scripts
 * are removed and the connections ended. As an extension of an instance, each test has its own
 * server. Without JUnit's extensions, call {@link #close()}.
 *
 * <p>Scripts run on the thread of the server's connections, so they must not block. If one throws,
 * the test fails. All methods of this class may be called by any thread.
 */
public final class FaultyServer
    implements BeforeAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        AfterAllCallback,
        AutoCloseable {

  private static final int STOP_SECONDS = 5;

  /** Limits the wait for the thread of the connections, which only a script can delay for long. */
  private static final int THREAD_SECONDS = 30;

  /** The script of the current test. Connections stay with the script that accepted them. */
  private volatile Script script = new Script();

  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

  private volatile @Nullable EventLoop loop;

  private @Nullable Channel listener;

  private boolean ofTheClass;

  /** Creates a server. It starts before the tests, or when its address is first needed. */
  public FaultyServer() {}

  /**
   * Points a target of the application at this server, in plaintext. All other settings of the
   * target stay as they are.
   *
   * @param target the name of the target, spelled as in the configuration
   * @param properties the registry that a method with {@code @DynamicPropertySource} gets
   */
  public void replaceTarget(String target, DynamicPropertyRegistry properties) {
    TestServerTargets.properties(target, false, port())
        .forEach((key, value) -> properties.add(key, () -> value));
  }

  /**
   * Returns the address to configure for a target. Starts the server if necessary.
   *
   * @return {@code localhost} and the port
   */
  public String address() {
    return "localhost:" + port();
  }

  /**
   * Returns the port. Starts the server if necessary.
   *
   * @return the port of the loopback interface
   */
  public synchronized int port() {
    Channel bound = this.listener == null ? bind() : this.listener;
    this.listener = bound;
    return ((InetSocketAddress) bound.localAddress()).getPort();
  }

  private Channel bind() {
    MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(
        1, new DefaultThreadFactory("faulty-server", true), NioIoHandler.newFactory());
    this.loop = group.next();
    return new ServerBootstrap()
        .group(group)
        .channel(NioServerSocketChannel.class)
        .childHandler(new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            FaultyServer.this.connections.add(channel);
            FaultyServer.this.script.open(channel);
          }
        })
        .bind(InetAddress.getLoopbackAddress(), 0)
        .syncUninterruptibly()
        .channel();
  }

  /**
   * Sets how connections behave that are accepted from now on. Before the first call of a test, the
   * connections that exist are ended as by {@link #reset()}, and not counted: all calls of the test
   * use connections that behave so, even if the client has connected before.
   *
   * @param behavior changes the behavior of one connection before the server sends anything
   * @return this server
   */
  public FaultyServer onConnection(Consumer<ConnectionBehavior> behavior) {
    run(() -> this.script.setConnection(behavior) ? onConnections(RawFrames::end) : List.of());
    return this;
  }

  /**
   * Sets what happens to calls from now on.
   *
   * @param action is run when the headers of a request arrive
   * @return this server
   */
  public FaultyServer onCall(Consumer<FaultyCall> action) {
    this.script.setCall(action);
    return this;
  }

  /**
   * Sets what happens to the next calls, one action for each, in the order in which they arrive.
   * Later calls follow {@link #onCall}. Retries are calls of their own.
   *
   * @param actions one for each call
   * @return this server
   */
  @SafeVarargs
  public final FaultyServer onNextCalls(Consumer<FaultyCall>... actions) {
    for (Consumer<FaultyCall> action : actions) {
      this.script.addCall(action);
    }
    return this;
  }

  /**
   * Sends GOAWAY on all connections. Calls in progress continue, and the client must send new ones
   * on another connection. Returns when the clients have received it, or after 5 seconds.
   *
   * @param error the error code
   * @param debugData text for the client, which usually shows it
   */
  public void goAway(Http2Error error, String debugData) {
    run(() -> onConnections(channel -> RawFrames.drain(channel, error, debugData)));
  }

  /**
   * Closes all connections without GOAWAY. Returns when they are closed on this side; the clients
   * notice it soon after.
   */
  public void closeConnections() {
    run(() -> onConnections(RawFrames::close));
  }

  /**
   * Returns how many connections were accepted since the start or the last test.
   *
   * @return the number, those that are closed included
   */
  public int acceptedConnections() {
    return this.script.connections();
  }

  /**
   * Returns how many calls arrived since the start or the last test.
   *
   * @return the number, retries included
   */
  public int receivedCalls() {
    return this.script.calls();
  }

  /**
   * Removes all scripts, sets the counts to zero, and ends all connections with GOAWAY. Returns
   * when the clients have received it, or after 5 seconds, so that later calls use new connections.
   */
  public void reset() {
    run(() -> {
      this.script = new Script();
      return onConnections(RawFrames::end);
    });
  }

  private List<Future<?>> onConnections(Function<Channel, Future<?>> action) {
    return this.connections.stream().<Future<?>>map(action).toList();
  }

  /**
   * Runs an action on the thread of the connections, so that no request and no new connection comes
   * between its steps, and waits for its effects. A script, which runs on that thread, cannot wait.
   */
  private void run(Supplier<List<Future<?>>> action) {
    EventLoop thread = this.loop;
    if (thread == null || thread.inEventLoop()) {
      List<Future<?>> unused = action.get();
      return;
    }
    Future<List<Future<?>>> started;
    try {
      started = thread.submit(action::get);
    } catch (RejectedExecutionException stopped) {
      List<Future<?>> unused = action.get(); // There are no connections any more.
      return;
    }
    if (!started.awaitUninterruptibly(THREAD_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("A script of the FaultyServer has blocked its thread for "
          + THREAD_SECONDS + " seconds. Scripts must not block; FaultyCall.after acts later.");
    }
    started
        .syncUninterruptibly()
        .getNow()
        .forEach(effect -> effect.awaitUninterruptibly(THREAD_SECONDS, TimeUnit.SECONDS));
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    this.ofTheClass = true;
    port();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    port();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Script ended = this.script;
    if (this.ofTheClass) {
      reset();
    } else {
      close();
    }
    Throwable failure = ended.failure();
    if (failure != null) {
      throw new AssertionError("A script of the FaultyServer failed", failure);
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  /** Stops the server. It does not start again. */
  @Override
  public synchronized void close() {
    EventLoop thread = this.loop;
    if (thread != null) {
      thread
          .parent()
          .shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS)
          .awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
    }
  }
}
