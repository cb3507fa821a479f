package io.rowhook.receivers;

import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.receivers.KitRequests.Journaled;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Sends as Rowhook may over a bad network: the events of an entity one after the other, each until
 * it is acknowledged; alone and in batches; twice at once; old requests once more; what has failed
 * for good after what is newer; again because a person says so. And keeps the account of what a
 * receiver has to have made of it. Several workers, each with entities of its own.
 */
final class UnreliableSender {

  private static final Instant BEGIN = Instant.parse("2026-05-24T15:20:44Z");
  private static final int ENTITIES_EACH = 15;
  private static final int MOST_IN_A_BATCH = 5;
  private static final int REMEMBERED = 200;

  /** What a receiver has to have done. */
  static final class Account {
    // guarded by this
    private long last;
    private final TreeSet<Long> open = new TreeSet<>();
    private final Map<Long, Journaled> events = new HashMap<>();
    private final Map<Long, Integer> effects = new HashMap<>();
    private final Map<String, Journaled> newest = new HashMap<>();

    private synchronized Journaled journal(String entityId, EventType type) {
      long sequence = ++last;
      String id = "evt_" + sequence;
      String json =
          "{\"id\":\"%s\",\"entityType\":\"Article\",\"entityId\":\"%s\",\"event\":\"%s\",\"data\":{\"text\":\"a } ] \\\" %d\"}}"
              .formatted(id, entityId, type, sequence);
      Journaled one =
          new Journaled(
              new Event(
                  id,
                  "Article",
                  entityId,
                  type,
                  at(sequence),
                  Position.of(sequence),
                  json.getBytes(StandardCharsets.UTF_8)),
              sequence);
      open.add(sequence);
      events.put(sequence, one);
      return one;
    }

    /** It is going to be sent: what is older than what was sent of its entity has no effect. */
    private synchronized void sending(Journaled one) {
      Journaled known = newest.get(one.entity());
      if (known == null || known.sequence() <= one.sequence()) {
        newest.put(one.entity(), one);
        effects.merge(one.sequence(), 1, Integer::sum);
      }
    }

    private synchronized void acknowledged(Journaled one) {
      open.remove(one.sequence());
    }

    /** All up to here is acknowledged. */
    private synchronized Optional<Instant> completeTo() {
      long complete = open.isEmpty() ? last : open.getFirst() - 1;
      return complete == 0 ? Optional.empty() : Optional.of(at(complete));
    }

    /** Up to when a receiver has everything but the last event. */
    synchronized Instant completeBeforeLast() {
      return at(last - 1);
    }

    synchronized long events() {
      return last;
    }

    /** How often each event has to stand in the history, of those up to a mark; without zeros. */
    synchronized Map<String, Integer> effects(Instant to) {
      Map<String, Integer> all = new HashMap<>();
      effects.forEach((sequence, times) -> {
        if (!at(sequence).isAfter(to)) {
          all.put("evt_" + sequence, times);
        }
      });
      return all;
    }

    /** The bodies of what is there, by entity. */
    synchronized Map<String, String> copy() {
      Map<String, String> copy = new HashMap<>();
      newest.forEach((entity, one) -> {
        if (one.event().type() != EventType.Deleted) {
          copy.put(entity, one.body());
        }
      });
      return copy;
    }

    synchronized int entities() {
      return newest.size();
    }

    private static Instant at(long sequence) {
      return BEGIN.plus(sequence, ChronoUnit.MICROS);
    }
  }

  private final KitRequests requests;
  private final Account account = new Account();
  private final AtomicInteger repeated = new AtomicInteger();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  UnreliableSender(KitRequests requests) {
    this.requests = requests;
  }

  Account account() {
    return account;
  }

  /** How many requests it has sent that the receiver may have had before. */
  int repeated() {
    return repeated.get();
  }

  /** Sends from one worker until so many events are journaled by all. */
  void work(int worker, long events, SplittableRandom random) throws InterruptedException {
    Worker own = new Worker(worker, random);
    while (account.events() < events) {
      own.step();
    }
    own.sendLate();
  }

  /** Sends one event more, alone and once: its mark is of all before it. */
  void sendLast() throws InterruptedException {
    Journaled last = account.journal("last", EventType.Created);
    account.sending(last);
    Optional<Instant> mark = account.completeTo();
    until(() -> requests.single(last, 0, mark));
    account.acknowledged(last);
  }

  private final class Worker {
    private final int number;
    private final SplittableRandom random;
    private final Map<String, Integer> redelivered = new HashMap<>(); // by event
    private final Map<String, Journaled> acknowledged = new HashMap<>(); // the newest by entity
    private final List<Journaled> late = new ArrayList<>();
    private final List<HttpRequest> sent = new ArrayList<>();

    Worker(int number, SplittableRandom random) {
      this.number = number;
      this.random = random;
    }

    void step() throws InterruptedException {
      int drawn = random.nextInt(100);
      if (drawn < 3) {
        late.add(next(entity()));
      } else if (drawn < 6 && !late.isEmpty()) {
        sendLate();
      } else if (drawn < 9 && !acknowledged.isEmpty()) {
        redeliver();
      } else if (drawn < 30) {
        sendBatch();
      } else {
        send(next(entity()), 0, random.nextInt(10) == 0);
      }
      if (!sent.isEmpty() && random.nextInt(20) == 0) {
        repeated.incrementAndGet();
        post(sent.get(random.nextInt(sent.size()))); // whatever it answers
      }
    }

    /** Quotes, commas and umlauts in an id have to be the same in a header and in a body. */
    private String entity() {
      return "%d-%d, ä %%".formatted(number, random.nextInt(ENTITIES_EACH));
    }

    private Journaled next(String entity) {
      Journaled before = acknowledged.get("Article " + entity);
      boolean isThere = before != null && before.event().type() != EventType.Deleted;
      EventType type =
          !isThere
              ? EventType.Created
              : random.nextInt(10) == 0 ? EventType.Deleted : EventType.Updated;
      return account.journal(entity, type);
    }

    private void sendBatch() throws InterruptedException {
      Map<String, Journaled> batch = new HashMap<>();
      for (int i = random.nextInt(1, MOST_IN_A_BATCH + 1); i > 0; i--) {
        batch.computeIfAbsent(entity(), this::next);
      }
      List<Journaled> events = new ArrayList<>(batch.values());
      events.sort((a, b) -> Long.compare(a.sequence(), b.sequence()));
      events.forEach(account::sending);
      Optional<Instant> mark = account.completeTo();
      HttpRequest request = requests.batch(events, 0, mark);
      boolean acknowledged = random.nextInt(10) == 0 ? postTwice(request) : post(request);
      for (Journaled one : events) { // each alone, where it was not taken as a whole
        if (!acknowledged) {
          repeated.incrementAndGet();
          until(() -> requests.batch(List.of(one), 0, account.completeTo()));
        }
        done(one);
      }
      remember(request);
    }

    /** Later than what came after them, mostly. */
    private void sendLate() throws InterruptedException {
      for (Journaled one : late) {
        send(one, 0, false);
      }
      late.clear();
    }

    private void redeliver() throws InterruptedException {
      List<Journaled> all = new ArrayList<>(acknowledged.values());
      all.sort((a, b) -> Long.compare(a.sequence(), b.sequence()));
      Journaled one = all.get(random.nextInt(all.size()));
      send(one, redelivered.merge(one.event().id(), 1, Integer::sum), random.nextInt(5) == 0);
    }

    private void send(Journaled one, int redelivery, boolean twice) throws InterruptedException {
      account.sending(one);
      Supplier<HttpRequest> made =
          () ->
              random.nextInt(4) == 0
                  ? requests.batch(List.of(one), redelivery, account.completeTo())
                  : requests.single(one, redelivery, account.completeTo());
      HttpRequest first = made.get();
      if (!(twice ? postTwice(first) : post(first))) {
        until(made);
      }
      done(one);
      remember(first);
    }

    private void done(Journaled one) {
      account.acknowledged(one);
      acknowledged.merge(one.entity(), one, (a, b) -> a.sequence() < b.sequence() ? b : a);
    }

    private void remember(HttpRequest request) {
      if (sent.size() < REMEMBERED) {
        sent.add(request);
      } else {
        sent.set(random.nextInt(REMEMBERED), request);
      }
    }
  }

  private void until(Supplier<HttpRequest> request) throws InterruptedException {
    while (!post(request.get())) {
      repeated.incrementAndGet();
      Thread.sleep(20);
    }
  }

  /** On two connections. */
  private boolean postTwice(HttpRequest request) throws InterruptedException {
    repeated.incrementAndGet();
    CompletableFuture<HttpResponse<String>> other =
        client.sendAsync(request, BodyHandlers.ofString());
    boolean acknowledged = post(request);
    try {
      boolean second = acknowledges(other.join());
      return acknowledged || second;
    } catch (CompletionException e) {
      return acknowledged;
    }
  }

  private boolean post(HttpRequest request) throws InterruptedException {
    try {
      return acknowledges(client.send(request, BodyHandlers.ofString()));
    } catch (IOException e) {
      return false; // it is being killed just now
    }
  }

  private static boolean acknowledges(HttpResponse<String> answer) {
    if (answer.statusCode() / 100 == 4) {
      throw new AssertionError(answer.statusCode() + ": " + answer.body());
    }
    return answer.statusCode() == 200;
  }
}
