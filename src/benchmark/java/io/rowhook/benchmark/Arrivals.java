package io.rowhook.benchmark;

import java.util.List;
import java.util.function.ToLongFunction;

/** What came, in the order in which it came. */
record Arrivals(List<Arrival> all) {

  Arrivals of(int recipient) {
    return new Arrivals(all.stream().filter(one -> one.recipient() == recipient).toList());
  }

  /** Of how many rows anything has come. */
  long rows() {
    return all.stream().mapToLong(Arrival::id).distinct().count();
  }

  /** The microsecond of the first one. */
  long first() {
    return all.getFirst().at();
  }

  /** The microsecond of the last one. */
  long last() {
    return all.getLast().at();
  }

  /**
   * Holds it against what was written: every state of every row has come, and for the first time in
   * its order.
   *
   * @return how many came again
   * @throws IllegalStateException if one is missing, or too early
   */
  int verify(Written written) {
    int[] seen = new int[written.rows()];
    int repeats = 0;
    for (Arrival arrival : all) {
      int index = (int) (arrival.id() - written.firstId());
      if (index < 0 || index >= seen.length) {
        throw new IllegalStateException("nobody wrote row " + arrival.id());
      }
      if (arrival.ordinal() == seen[index] + 1) {
        seen[index]++;
      } else if (arrival.ordinal() <= seen[index]) {
        repeats++;
      } else {
        throw new IllegalStateException(
            "row %d: state %d came after state %d"
                .formatted(arrival.id(), arrival.ordinal(), seen[index]));
      }
    }
    for (int i = 0; i < seen.length; i++) {
      if (seen[i] != written.states()) {
        throw new IllegalStateException(
            "row %d: %d of %d states have come"
                .formatted(written.firstId() + i, seen[i], written.states()));
      }
    }
    return repeats;
  }

  /** Delays from commit to receipt. */
  Delays sinceCommit() {
    return delays(Arrival::committed);
  }

  /**
   * Delays from when the writer was to write, whether it could or not: what waits for a writer that
   * is held up counts too, so that no omission is coordinated.
   */
  Delays sinceSchedule() {
    return delays(Arrival::scheduled);
  }

  private Delays delays(ToLongFunction<Arrival> from) {
    return Delays.of(
        all.stream()
            .filter(one -> from.applyAsLong(one) > 0)
            .mapToLong(one -> one.at() - from.applyAsLong(one))
            .toArray());
  }
}
