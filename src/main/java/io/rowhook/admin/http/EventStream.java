package io.rowhook.admin.http;

import io.helidon.webserver.http.ServerResponse;
import io.rowhook.admin.api.LiveEvents.LiveEvent;
import io.rowhook.admin.api.LiveEvents.Subscription;
import io.rowhook.base.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Writes what happens as server-sent events, until the caller leaves or is too slow. */
final class EventStream {

  /** How long nothing happens until a comment says so; it also finds callers that have left. */
  private static final Duration QUIET = Duration.ofSeconds(15);

  private EventStream() {}

  /**
   * Writes until there is an end to it.
   *
   * @param deadlines ends a write that the caller does not read
   */
  static void write(ServerResponse response, Subscription feed, RequestDeadlines deadlines) {
    try (feed;
        OutputStream out = response.outputStream()) {
      send(out, ": what happens from now on\n\n", deadlines);
      while (!feed.isOverrun()) {
        LiveEvent event = feed.next(QUIET);
        send(out, event == null ? ": nothing happened\n\n" : text(event), deadlines);
      }
      send(out, ": dropped, for more has happened than was read. Connect again\n\n", deadlines);
    } catch (IOException | UncheckedIOException e) {
      return; // the caller has left
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the service stops
    }
  }

  private static String text(LiveEvent event) {
    return "event: " + event.name() + "\ndata: " + Json.text(event.data()) + "\n\n";
  }

  private static void send(OutputStream out, String text, RequestDeadlines deadlines)
      throws IOException {
    deadlines.begin();
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
    deadlines.end();
  }
}
