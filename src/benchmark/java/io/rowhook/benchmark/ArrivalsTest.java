package io.rowhook.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the benchmark would otherwise take on trust: its own counting. */
class ArrivalsTest {

  /** Rows 10, 11 and 12, of two states each. */
  private static final Written WRITTEN = new Written(0, 0, 10, 3, 2);

  private final List<Arrival> all =
      new ArrayList<>(
          List.of(
              arrival(10, 1),
              arrival(11, 1),
              arrival(11, 2),
              arrival(12, 1),
              arrival(10, 2),
              arrival(12, 2)));

  @Test
  void whatIsCompleteAndInOrderForEachRowIsWell() {
    assertThat(new Arrivals(all).verify(WRITTEN)).isZero();
  }

  @Test
  void noticesAMissingState() {
    all.removeLast();
    fails("row 12: 1 of 2 states have come");
  }

  @Test
  void noticesAMissingRow() {
    all.removeIf(one -> one.id() == 11);
    fails("row 11: 0 of 2 states have come");
  }

  @Test
  void noticesAStateThatComesTooEarly() {
    Collections.swap(all, 1, 2);
    fails("row 11: state 2 came after state 0");
  }

  @Test
  void noticesARowThatNobodyWrote() {
    all.add(arrival(13, 1));
    fails("nobody wrote row 13");
  }

  @Test
  void countsWhatComesAgain() {
    all.add(arrival(10, 1));
    all.add(3, arrival(11, 2));
    assertThat(new Arrivals(all).verify(WRITTEN)).isEqualTo(2);
  }

  @Test
  void aRepeatDoesNotStandForWhatIsMissing() {
    all.removeLast();
    all.add(arrival(12, 1));
    fails("row 12: 1 of 2 states have come");
  }

  @Test
  void takesEachRecipientForItself() {
    all.add(new Arrival(7, 0, 0, 10, 1, 1));
    assertThat(new Arrivals(all).of(0).verify(WRITTEN)).isZero();
    assertThatThrownBy(() -> new Arrivals(all).of(1).verify(WRITTEN))
        .hasMessage("row 10: 1 of 2 states have come");
  }

  @Test
  void delaysAreByNearestRank() {
    long[] micros = new long[1_000];
    for (int i = 0; i < micros.length; i++) {
      micros[i] = 1_000L * (micros.length - i); // 1,000 ms down to 1 ms
    }
    assertThat(Delays.of(micros)).isEqualTo(new Delays(500, 990, 999, 1_000));
    assertThat(Delays.of(new long[] {3_000})).isEqualTo(new Delays(3, 3, 3, 3));
    assertThat(Delays.of(new long[] {1_000, 2_000, 3_000}).p50()).isEqualTo(2);
  }

  @Test
  void delaysCountFromTheScheduleThatAHeldUpWriterMissed() {
    // It was to write at 1 s and 2 s, and could only at 5 s.
    Arrivals late =
        new Arrivals(
            List.of(
                new Arrival(5_010_000, 5_000_000, 1_000_000, 1, 1, 0),
                new Arrival(5_020_000, 5_000_000, 2_000_000, 2, 1, 0)));
    assertThat(late.sinceCommit().longest()).isEqualTo(20);
    assertThat(late.sinceSchedule()).isEqualTo(new Delays(3_020, 4_010, 4_010, 4_010));
  }

  private void fails(String message) {
    assertThatThrownBy(() -> new Arrivals(all).verify(WRITTEN))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(message);
  }

  private static Arrival arrival(int id, int ordinal) {
    return new Arrival(1, 0, 0, id, ordinal, 0);
  }
}
