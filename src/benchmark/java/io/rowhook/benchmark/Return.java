package io.rowhook.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A recipient that was away has a backlog of a million events and comes back, while another is sent
 * what happens, in a heap of 128 MB: what the other notices.
 */
final class Return {

  private static final int LIVE = 0;
  private static final int BACK = 1;
  private static final int PER_SECOND = 50;
  private static final int TRANSACTION = 10_000;
  private static final int MOST_SECONDS = 60; // of samples while it catches up
  private static final Duration BACK_WITHIN = Duration.ofMinutes(2);
  private static final String BEFORE = "before";
  private static final String OWING = "while owed";
  private static final String CATCHING_UP = "catching up";
  private static final String DELAY = "live, schedule to receipt";

  private final Place place;
  private final int owed = Benchmark.number("owed", 1_000_000);
  private final int seconds = Math.min(20, Benchmark.number("seconds", 30));
  private final String of =
      "f  one recipient is owed %,d and comes back, another has 50 events/s".formatted(owed);

  Return(Place place) {
    this.place = place;
  }

  void run() throws IOException, InterruptedException {
    for (int round = 0; round < place.rounds(); round++) {
      measure();
    }
    place.bed().source().execute("DROP TABLE public.owed");
    Report report = place.report();
    report.progress(report.table(of));
    String p99 = DELAY + " p99, ms";
    report.atMost(
        of,
        "live p99 while it catches up over that before",
        report.median(of, CATCHING_UP, p99) / report.median(of, BEFORE, p99),
        2);
    report.atMost(of, "resident memory, MB", report.median(of, CATCHING_UP, Turn.MEMORY), 300);
  }

  private void measure() throws IOException, InterruptedException {
    Receiving receiver = place.receiver();
    receiver.shut();
    try (Turn turn = start()) {
      turn.warm(Benchmark.number("warm", 20_000), 1);
      live(turn, Math.max(1, seconds / 3));
      add(BEFORE, live(turn, seconds));
      Written behind = owe();
      live(turn, 1); // has come: so have those before it, into the journal
      add(OWING, live(turn, seconds));
      receiver.reset(turn.mark());
      receiver.open();
      receiver.await(BACK, Math.max(1, owed / 100), BACK_WITHIN);
      List<Arrival> meanwhile = whileItLasts();
      receiver.await(BACK, owed, Turn.PATIENCE);
      Arrivals back = receiver.arrivals().of(BACK);
      back.verify(behind);
      Report report = place.report();
      if (meanwhile.isEmpty()) {
        report.remark(of + ": over before a second of samples was; no delay while it caught up");
      } else {
        add(CATCHING_UP, new Arrivals(meanwhile));
      }
      report.add(of, CATCHING_UP, "live samples meanwhile", meanwhile.size());
      double rate = owed / ((back.last() - back.all().getFirst().at()) / 1e6);
      report.add(of, CATCHING_UP, "owed ones sent a second", rate);
      report.add(of, CATCHING_UP, Turn.MEMORY, turn.peakMemory());
      report.progress("%s: %,.0f a second".formatted(of, rate));
    }
  }

  private void add(String when, Arrivals live) {
    place.report().add(of, when, DELAY, live.sinceSchedule());
    place.report().progress("%s, %s: %s".formatted(of, when, live.sinceSchedule()));
  }

  /** The delays of so many seconds' events, all of which have come, in order. */
  private Arrivals live(Turn turn, int seconds) throws IOException, InterruptedException {
    place.receiver().reset(turn.mark());
    Written written = Load.steady(place.bed(), PER_SECOND, PER_SECOND * seconds);
    turn.await(written, 1);
    Arrivals arrivals = place.receiver().arrivals();
    Turn.verify(arrivals, written, 1);
    return arrivals;
  }

  /** Live events in pieces of a second, of those seconds at whose end it still was being sent. */
  private List<Arrival> whileItLasts() throws IOException, InterruptedException {
    List<Written> pieces = new ArrayList<>();
    int events = 0;
    boolean lasts = true;
    for (int i = 0; i < MOST_SECONDS && lasts; i++) {
      Written piece = Load.steady(place.bed(), PER_SECOND, PER_SECOND);
      events += piece.events();
      place.receiver().await(LIVE, events, Turn.PATIENCE);
      lasts = place.receiver().count(BACK) < owed;
      if (lasts) {
        pieces.add(piece);
      }
    }
    List<Arrival> all = place.receiver().arrivals().of(LIVE).all();
    List<Arrival> meanwhile = new ArrayList<>();
    for (Written piece : pieces) {
      List<Arrival> own =
          all.stream()
              .filter(one -> one.id() >= piece.firstId())
              .filter(one -> one.id() < piece.firstId() + piece.rows())
              .toList();
      new Arrivals(own).verify(piece);
      meanwhile.addAll(own);
    }
    return meanwhile;
  }

  private Written owe() {
    long began = Load.now();
    long first = place.bed().ids(owed);
    for (int begun = 0; begun < owed; begun += TRANSACTION) {
      long to = first + Math.min(owed, begun + TRANSACTION) - 1;
      place
          .bed()
          .source()
          .execute(Load.insert(first + begun, to).replace("public.article", "public.owed"));
    }
    return new Written(began, Load.now(), first, owed, 1);
  }

  private Turn start() throws IOException {
    RowhookItself rowhook = new RowhookItself(place.rowhook(), "", Map.of("JAVA_OPTS", "-Xmx128m"));
    String live = rowhook.recipient(place.receiver().url("now", LIVE));
    String back = rowhook.recipient(place.receiver().url("gated", BACK)) + "pause: { probe: 5s }\n";
    return Turn.of(
        place,
        rowhook,
        directory -> {
          place
              .bed()
              .source()
              .execute(
                  "DROP TABLE IF EXISTS public.owed",
                  "CREATE TABLE public.owed (LIKE public.article INCLUDING ALL)",
                  "ALTER TABLE public.owed REPLICA IDENTITY FULL");
          return rowhook.start(
              place.bed(),
              directory,
              Map.of(
                  "live", live + "subscriptions:\n  - entity: Article\n",
                  "back", back + "subscriptions:\n  - entity: Owed\n"),
              RowhookItself.ARTICLE + "Owed:\n  table: public.owed\n");
        });
  }
}
