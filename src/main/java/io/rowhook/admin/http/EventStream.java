package io.rowhook.admin.http;

import io.helidon.webserver.http.ServerResponse;
import io.rowhook.admin.api.Feed;
import io.rowhook.admin.api.LiveEvents.LiveEvent;
import io.rowhook.admin.api.LiveEvents.Subscription;
import io.rowhook.base.Json;
import java.io.IOException;
import java.io.InputStream;
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
  static void write(ServerResponse response, Feed feed, RequestDeadlines deadlines) {
    try (feed;
        OutputStream out = response.outputStream()) {
      switch (feed) {
        case Subscription own -> write(out, own, deadlines);
        case Feed.PassedOn(InputStream from) -> pass(out, from, deadlines);
      }
    } catch (IOException | UncheckedIOException e) {
      return; // the caller has left
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the service stops
    }
  }

  private static void write(OutputStream out, Subscription feed, RequestDeadlines deadlines)
      throws IOException, InterruptedException {
    send(out, ": what happens from now on\n\n", deadlines);
    String end = feed.end();
    while (end == null) {
      LiveEvent event = feed.next(QUIET);
      send(out, event == null ? ": nothing happened\n\n" : text(event), deadlines);
      end = feed.end();
    }
    send(out, ": " + end + ". Connect again\n\n", deadlines);
  }

  /** As it comes; that nothing happened comes too, and so finds callers that have left. */
  private static void pass(OutputStream out, InputStream from, RequestDeadlines deadlines)
      throws IOException {
    byte[] some = new byte[8_192];
    for (int n = from.read(some); n >= 0; n = from.read(some)) {
      send(out, some, n, deadlines);
    }
  }

  private static String text(LiveEvent event) {
    return "event: " + event.name() + "\ndata: " + Json.text(event.data()) + "\n\n";
  }

  private static void send(OutputStream out, String text, RequestDeadlines deadlines)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    send(out, bytes, bytes.length, deadlines);
  }

  private static void send(OutputStream out, byte[] bytes, int n, RequestDeadlines deadlines)
      throws IOException {
    deadlines.begin();
    out.write(bytes, 0, n);
    out.flush();
    deadlines.end();
  }
}
