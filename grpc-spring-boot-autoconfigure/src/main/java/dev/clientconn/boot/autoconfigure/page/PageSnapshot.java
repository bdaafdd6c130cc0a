// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.page;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.boot.autoconfigure.page.SlowCalls.Ended;
import dev.clientconn.transport.ClientConnSnapshot;
import dev.clientconn.transport.WaitCause;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.boot.json.JsonWriter;

/** Writes what the page shows at one moment as one line of JSON: all targets, one after another. */
final class PageSnapshot implements Supplier<String> {

  private static final JsonWriter<Map<String, Object>> JSON = JsonWriter.standard();

  private final Supplier<ClientConnRegistry> clients;

  private final SlowCallsByTarget calls;

  PageSnapshot(Supplier<ClientConnRegistry> clients, SlowCallsByTarget calls) {
    this.clients = clients;
    this.calls = calls;
  }

  @Override
  public String get() {
    List<Map<String, Object>> targets = new ArrayList<>();
    this.clients.get().channels().forEach((name, channel) -> targets.add(target(name, channel)));
    Map<String, Object> snapshot = new LinkedHashMap<>();
    snapshot.put("atMillis", System.currentTimeMillis());
    snapshot.put(
        "causes", List.of(WaitCause.values()).stream().map(WaitCause::id).toList());
    snapshot.put("targets", targets);
    return JSON.writeToString(snapshot);
  }

  /** One target that cannot be read does not hide the others. */
  private Map<String, Object> target(String name, ClientConn channel) {
    Map<String, Object> target = new LinkedHashMap<>();
    target.put("name", name);
    try {
      ClientConnSnapshot snapshot = channel.snapshot();
      target.putAll(ChannelJson.of(snapshot));
      target.put("slowCalls", slowCalls(name));
    } catch (RuntimeException | Error failure) {
      target.put("unreadable", failure.toString());
    }
    return target;
  }

  private List<Map<String, Object>> slowCalls(String target) {
    long now = System.nanoTime();
    return this.calls.slowest(target).stream().map(each -> call(each, now)).toList();
  }

  private static Map<String, Object> call(Ended ended, long now) {
    Map<String, Object> call = new LinkedHashMap<>();
    call.put("method", ended.report().method());
    call.put("status", ended.report().status().name());
    call.put("endedMillisAgo", TimeUnit.NANOSECONDS.toMillis(now - ended.atNanos()));
    call.put("durationNanos", ended.report().durationNanos());
    call.put("attempts", ended.report().attempts());
    Map<String, Object> causes = new LinkedHashMap<>();
    ended.report().nanosByCause().forEach((cause, nanos) -> causes.put(cause.id(), nanos));
    call.put("nanosByCause", causes);
    return call;
  }
}
