package io.rowhook.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * One candidate's turn at the bed: it begins with nothing left of the turn before, and ends with
 * its process. One thread.
 */
final class Turn implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofMinutes(30);
  static final String PROCESSOR = "processor, µs ";
  static final String MEMORY = "peak of resident memory, MB";

  /** Starts the candidate in an empty directory. */
  interface Start {
    Spawned in(Path directory) throws IOException;
  }

  private final Place place;
  private final String mark;
  private final Spawned process;
  private Duration before = Duration.ZERO;

  private Turn(Place place, String mark, Start start) throws IOException {
    this.place = place;
    this.mark = mark;
    place.bed().clear();
    place.receiver().reset(mark);
    process = start.in(place.fresh());
  }

  static Turn of(Place place, Candidate candidate, Start start) throws IOException {
    return new Turn(place, candidate.mark(), start);
  }

  /** With one recipient, and default settings. */
  static Turn of(Place place, Candidate candidate, String manner) throws IOException {
    return of(
        place,
        candidate,
        directory -> candidate.start(place.bed(), directory, place.receiver().url(manner, 0)));
  }

  /**
   * Of the product, for articles.
   *
   * @param recipients their files by name
   * @param templates by their paths below {@code jslt-templates}
   */
  static Turn of(
      Place place,
      RowhookItself rowhook,
      Map<String, String> recipients,
      Map<String, String> templates)
      throws IOException {
    return of(
        place,
        rowhook,
        directory ->
            rowhook.start(place.bed(), directory, recipients, RowhookItself.ARTICLE, templates));
  }

  /** Which mark of a body counts. */
  String mark() {
    return mark;
  }

  Spawned process() {
    return process;
  }

  /** Has so many articles sent to each of the recipients from 0 on, before anything counts. */
  void warm(int events, int recipients) {
    await(Load.tens.write(place.bed(), Math.max(40, events)), recipients);
  }

  /** Waits until each of the recipients from 0 on has got as much as was written. */
  void await(Written written, int recipients) {
    for (int i = 0; i < recipients; i++) {
      place.receiver().await(i, written.events(), PATIENCE);
    }
  }

  /** From now on it counts. */
  void begin() {
    place.receiver().reset(mark);
    before = process.processor();
  }

  /** Microseconds of its processor time since it began to count. */
  double processor() {
    return process.processor().minus(before).toNanos() / 1e3;
  }

  /** The most that its process has had in memory, in megabytes. */
  double peakMemory() {
    return process.peakResidentBytes() / 1e6;
  }

  /** The same as the other, of what has come since it began to count. */
  double verify(Written written, int recipients) throws IOException {
    return verify(place.receiver().arrivals(), written, recipients);
  }

  /**
   * What each of the recipients from 0 on got, held against what was written.
   *
   * @return the seconds from the first statement until the last of them had all
   */
  static double verify(Arrivals all, Written written, int recipients) {
    long last = 0;
    for (int i = 0; i < recipients; i++) {
      Arrivals own = all.of(i);
      own.verify(written);
      last = Math.max(last, own.last());
    }
    return (last - written.began()) / 1e6;
  }

  @Override
  public void close() {
    process.close();
  }
}
