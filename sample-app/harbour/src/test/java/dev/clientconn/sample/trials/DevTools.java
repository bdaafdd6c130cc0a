// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.trials;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sends commands of the DevTools protocol, and records the events. */
final class DevTools implements WebSocket.Listener, AutoCloseable {

  /** More than a page waits for a condition. */
  private static final long PATIENCE_SECONDS = 240;

  private final JsonMapper json = new JsonMapper();
  private final AtomicInteger commands = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> pending = new ConcurrentHashMap<>();
  private final CompletableFuture<Void> broken = new CompletableFuture<>();
  private final List<JsonNode> events = new CopyOnWriteArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private final CompletableFuture<WebSocket> socket;

  private DevTools(String address) {
    this.socket =
        HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(URI.create(address), this);
  }

  static DevTools connect(String address) {
    DevTools tools = new DevTools(address);
    tools.socket.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    return tools;
  }

  /** Sends a command to a session, or to the browser if that is empty, and returns its result. */
  JsonNode send(String session, String method, Map<String, Object> parameters) {
    int id = commands.incrementAndGet();
    Map<String, Object> command =
        new java.util.HashMap<>(Map.of("id", id, "method", method, "params", parameters));
    if (!session.isEmpty()) {
      command.put("sessionId", session);
    }
    CompletableFuture<JsonNode> result = new CompletableFuture<>();
    pending.put(id, result);
    broken.whenComplete((none, cause) -> result.completeExceptionally(cause));
    synchronized (this) {
      socket.join().sendText(json.writeValueAsString(command), true).join();
    }
    JsonNode response = await(result, command);
    if (response.has("error")) {
      throw new IllegalStateException(method + ": " + response.get("error"));
    }
    return response.get("result");
  }

  private static JsonNode await(CompletableFuture<JsonNode> result, Object command) {
    try {
      return result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new IllegalStateException("The browser has not responded to " + command, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted at " + command, e);
    }
  }

  /** Returns the events of a session so far. */
  List<JsonNode> events(String session) {
    return events.stream()
        .filter(event -> session.equals(event.path("sessionId").asString("")))
        .toList();
  }

  @Override
  public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
    text.append(data);
    if (last) {
      received(json.readTree(text.toString()));
      text.setLength(0);
    }
    webSocket.request(1);
    return CompletableFuture.completedFuture(null);
  }

  private void received(JsonNode message) {
    if (!message.has("id")) {
      events.add(message);
      return;
    }
    CompletableFuture<JsonNode> waiting = pending.remove(message.get("id").asInt());
    if (waiting != null) {
      waiting.complete(message);
    }
  }

  @Override
  public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
    broken.completeExceptionally(new IOException("Closed by the browser: " + code + " " + reason));
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void onError(WebSocket webSocket, Throwable cause) {
    broken.completeExceptionally(cause);
  }

  @Override
  public void close() {
    socket.join().abort();
  }
}
