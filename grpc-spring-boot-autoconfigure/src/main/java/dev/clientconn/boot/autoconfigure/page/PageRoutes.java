// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.page;

import java.net.URI;
import java.time.Duration;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** Maps the paths of the page to its files and its stream of snapshots. */
final class PageRoutes {

  /** Name of the stream, relative to the path of the page. */
  static final String EVENTS = "events";

  /** The stream ends by itself, see {@link SnapshotStream}. */
  private static final Duration NO_TIMEOUT = Duration.ZERO;

  private static final Duration RECONNECT = Duration.ofSeconds(2);

  private final PageResources resources;

  private final SnapshotStream stream;

  PageRoutes(PageResources resources, SnapshotStream stream) {
    this.resources = resources;
    this.stream = stream;
  }

  /**
   * Returns the routes below a path, which starts with a slash and does not end with one.
   */
  RouterFunction<ServerResponse> below(String path) {
    RouterFunctions.Builder routes = RouterFunctions.route()
        .GET(path, request -> addSlash(path))
        .GET(path + "/", request -> this.resources.response(PageResources.INDEX))
        .GET(path + "/" + EVENTS, this::events);
    for (String name : this.resources.names()) {
      routes.GET(path + "/" + name, request -> this.resources.response(name));
    }
    return routes.build();
  }

  /** The files have relative addresses, so that any context path and any proxy will do. */
  private static ServerResponse addSlash(String path) {
    String last = path.substring(path.lastIndexOf('/') + 1);
    return ServerResponse.status(HttpStatus.FOUND)
        .location(URI.create(last + "/"))
        .build();
  }

  private ServerResponse events(ServerRequest request) {
    if (!this.stream.hasRoom()) {
      return ServerResponse.status(HttpStatus.SERVICE_UNAVAILABLE)
          .contentType(MediaType.TEXT_PLAIN)
          .build();
    }
    return ServerResponse.sse(response -> this.stream.add(response.retry(RECONNECT)), NO_TIMEOUT);
  }
}
