package io.rowhook.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * One of two instances that deliver goes while much is owed: how long a recipient is not sent to
 * until the other has taken over, after an orderly stop and after a kill; a third captures.
 */
final class HandOver {

  private static final int RECIPIENTS = 50;
  private static final int OWED = Benchmark.number("pending", 100_000);
  private static final Duration SETTLED = Duration.ofSeconds(10);
  private static final String LONGEST = "longest pause of a recipient, s";
  private static final String STOPPED = "stopped";
  private static final String KILLED = "killed";
  private static final String OF =
      "o  one of two instances goes while %d recipients are owed %,d deliveries"
          .formatted(RECIPIENTS, OWED);

  private final Place place;

  HandOver(Place place) {
    this.place = place;
  }

  void run() throws IOException {
    Brokers.use(true);
    for (int round = 0; round < place.rounds(); round++) {
      for (String how : List.of(STOPPED, KILLED)) {
        measure(how);
      }
    }
    Brokers.use(false);
    Report report = place.report();
    report.progress(report.table(OF));
    report.atMost(OF, STOPPED + ", " + LONGEST, report.median(OF, STOPPED, LONGEST), 5);
  }

  private void measure(String how) throws IOException {
    RowhookItself rowhook = new RowhookItself(place.rowhook());
    Map<String, String> recipients = new TreeMap<>();
    for (int i = 0; i < RECIPIENTS; i++) {
      recipients.put("recipient-" + i, rowhook.recipient(place.receiver().url("late", i)));
    }
    try (Turn turn = rowhook.capturing(place, recipients);
        Spawned going = rowhook.delivering(place, "going");
        Spawned staying = rowhook.delivering(place, "staying")) {
      turn.warm(100, RECIPIENTS);
      LockSupport.parkNanos(SETTLED.toNanos()); // the two have shared the recipients by then
      turn.begin();
      // What is sent until one goes comes on top of what is to be owed then.
      Written written = Load.tens.write(place.bed(), OWED / RECIPIENTS * 5 / 4);
      LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
      int sent = 0;
      for (int i = 0; i < RECIPIENTS; i++) {
        sent += place.receiver().count(i);
      }
      int owed = written.events() * RECIPIENTS - sent;
      long gone = Load.now();
      if (how.equals(KILLED)) {
        going.kill();
      } else {
        going.stop();
      }
      turn.await(written, RECIPIENTS);
      Arrivals all = complete(written);
      int repeats = 0;
      double longest = 0;
      for (int i = 0; i < RECIPIENTS; i++) {
        Arrivals own = all.of(i);
        repeats += own.verify(written);
        longest = Math.max(longest, longestPause(own, gone));
      }
      Report report = place.report();
      report.add(OF, how, LONGEST, longest);
      report.add(OF, how, "owed when it went", owed);
      report.add(OF, how, "came again", repeats);
      report.progress(
          "%s, %s: %.2f s; %,d owed, %d came again".formatted(OF, how, longest, owed, repeats));
      if (!staying.isAlive()) {
        throw new IllegalStateException("the other ended too:\n" + staying.output());
      }
    }
  }

  /** Everything that came, once each has all: some come again after a kill. */
  private Arrivals complete(Written written) throws IOException {
    long deadline = System.nanoTime() + Turn.PATIENCE.toNanos();
    while (true) {
      Arrivals all = place.receiver().arrivals();
      boolean whole =
          IntStream.range(0, RECIPIENTS).allMatch(i -> all.of(i).rows() == written.rows());
      if (whole || System.nanoTime() > deadline) {
        return all;
      }
      LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
    }
  }

  /** Seconds between two arrivals of which the second was after that microsecond, at most. */
  private static double longestPause(Arrivals own, long gone) {
    long longest = 0;
    for (int i = 1; i < own.all().size(); i++) {
      long at = own.all().get(i).at();
      if (at > gone) {
        longest = Math.max(longest, at - own.all().get(i - 1).at());
      }
    }
    return longest / 1e6;
  }
}
