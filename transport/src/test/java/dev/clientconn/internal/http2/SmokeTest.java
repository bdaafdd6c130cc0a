// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.transport.*;
import dev.clientconn.transport.TransportListener;
import io.grpc.*;
import io.grpc.health.v1.*;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.time.Duration;
import java.util.concurrent.*;
import org.junit.jupiter.api.Test;

class SmokeTest {
  @Test
  void oneCall() throws Exception {
    Server server = NettyServerBuilder.forPort(0).addService(new HealthStatusManager().getHealthService()).build().start();
    var options = new TransportOptions("ua", "gzip", Duration.ofSeconds(5), 1 << 20, 1 << 20, 8192, 1000, null, TransportListener.NONE);
    var connector = Http2Connector.create(options, null, null);
    CompletableFuture<Attributes> ready = new CompletableFuture<>();
    CompletableFuture<Status> done = new CompletableFuture<>();
    var t = connector.connect(new java.net.InetSocketAddress("localhost", server.getPort()), "localhost", Attributes.EMPTY, new ClientTransport.Listener() {
      public void onReady(Attributes a) { ready.complete(a); }
      public void onDraining(Status s) {}
      public void onTerminated(Status s) { done.complete(s); }
    });
    System.out.println(ready.get(5, TimeUnit.SECONDS));
    byte[] msg = HealthCheckRequest.getDefaultInstance().toByteArray();
    byte[] framed = new byte[5 + msg.length];
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    var s = t.newStream(new CallHeaders(HealthGrpc.getCheckMethod(), null, Deadline.after(5, TimeUnit.SECONDS), null, 0, 4 << 20, 32768, new Metadata()), new ClientStream.Listener() {
      public void onHeaders(Metadata h) { events.add("headers " + h); }
      public void onMessage(byte[] b, boolean c) { events.add("message " + b.length); }
      public void onReady() { events.add("ready"); }
      public void onClosed(Status st, StreamProgress p, Metadata tr) { events.add("closed " + st + p + tr); }
      public void onBatchEnd() { events.add("end"); }
      public boolean wantsMessage() { return true; }
      public Status deadlineExceeded(String w) { return Status.DEADLINE_EXCEEDED.withDescription(w); }
    });
    s.start(framed, true);
    String e;
    do { e = events.poll(5, TimeUnit.SECONDS); System.out.println(e); } while (e != null && !e.equals("end"));
    Thread.sleep(50);
    System.out.println(t.snapshot());
    t.shutdown(Status.UNAVAILABLE.withDescription("bye"));
    System.out.println(done.get(5, TimeUnit.SECONDS));
    connector.close();
    server.shutdownNow();
    assertThat(events).isEmpty();
  }
}
