package io.rowhook.admin.receive;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Hands requests on to a receiver that is being built, as a bad network would: what must be borne
 * by whoever is sent webhooks at least once. Of a hundred requests it loses some before they
 * arrive, and of some the answer, so that they come again; it holds some up; and some that were
 * accepted long ago it sends once more. Any thread.
 */
public final class Chaos implements AutoCloseable {

  /** What is done to a request. */
  enum Trouble {
    /** It does not arrive. */
    LOST,
    /** It arrives, and the answer does not. */
    ANSWER_LOST,
    /** It arrives twice at once. */
    TWICE,
    /** It arrives late. */
    LATE,
    /** It arrives, and then one that came before once more. */
    OLD_ONE_AGAIN,
    NONE
  }

  /** What a receiver that is lost is answered for. */
  static final int LOST_STATUS = 504;

  private static final int REMEMBERED = 1_000;
  private static final Duration LATEST = Duration.ofSeconds(2);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Of one connection, which are made anew. */
  private static final Set<String> NOT_HANDED_ON =
      Set.of("host", "content-length", "connection", "expect", "upgrade", "transfer-encoding");

  private final URI to;
  private final int percent;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LIMIT).build();

  // guarded by this
  private final SplittableRandom random;
  private final List<HttpRequest> accepted = new ArrayList<>();

  /**
   * @param to where the receiver is; path and query of a request replace its own where it has none
   * @param percent how many of a hundred requests meet trouble
   * @param seed which draws what and when
   */
  public Chaos(URI to, int percent, long seed) {
    this.to = to;
    this.percent = percent;
    this.random = new SplittableRandom(seed);
  }

  /** Hands a request on, or not. Returns the status that its sender is to see. */
  public int handOn(ReceivedRequest request) throws InterruptedException {
    HttpRequest handed = handed(request);
    Trouble trouble;
    Duration late;
    synchronized (this) {
      trouble =
          random.nextInt(100) < percent
              ? Trouble.values()[random.nextInt(Trouble.values().length - 1)]
              : Trouble.NONE;
      late = Duration.ofMillis(random.nextLong(LATEST.toMillis()));
    }
    return switch (trouble) {
      case LOST -> LOST_STATUS;
      case ANSWER_LOST -> {
        send(handed);
        yield LOST_STATUS;
      }
      case TWICE -> {
        Thread other = Thread.ofVirtual().start(() -> sendAlone(handed));
        int status = send(handed);
        other.join();
        yield status;
      }
      case LATE -> {
        Thread.sleep(late);
        yield send(handed);
      }
      case OLD_ONE_AGAIN -> {
        int status = send(handed);
        HttpRequest old = drawn();
        if (old != null) {
          send(old);
        }
        yield status;
      }
      case NONE -> send(handed);
    };
  }

  private synchronized @Nullable HttpRequest drawn() {
    return accepted.isEmpty() ? null : accepted.get(random.nextInt(accepted.size()));
  }

  private HttpRequest handed(ReceivedRequest request) {
    URI target =
        to.getPath().isEmpty() || to.getPath().equals("/") ? to.resolve(request.path()) : to;
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(target)
            .timeout(LIMIT)
            .method(request.method(), BodyPublishers.ofByteArray(request.body()));
    for (Map.Entry<String, List<String>> header : request.headers().entrySet()) {
      if (!NOT_HANDED_ON.contains(header.getKey())) {
        header.getValue().forEach(value -> builder.header(header.getKey(), value));
      }
    }
    return builder.build();
  }

  private void sendAlone(HttpRequest request) {
    try {
      send(request);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int send(HttpRequest request) throws InterruptedException {
    try {
      HttpResponse<Void> answer = client.send(request, BodyHandlers.discarding());
      if (answer.statusCode() / 100 == 2) {
        remember(request);
      }
      return answer.statusCode();
    } catch (IOException e) {
      return LOST_STATUS; // it is not there just now
    }
  }

  private synchronized void remember(HttpRequest request) {
    if (accepted.size() < REMEMBERED) {
      accepted.add(request);
    } else {
      accepted.set(random.nextInt(REMEMBERED), request);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
