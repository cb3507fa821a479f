package io.rowhook.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where and with what a run is made.
 *
 * @param rowhook the product, as {@code mvn package} leaves it
 * @param peer Debezium Server, unpacked
 * @param work for what a round leaves behind; each begins with an empty one
 * @param rounds how often each case is measured; the medians count
 * @param rows of a case that has no number of its own
 * @param loads the ways to write of those cases that know several
 * @param beside whether the peer and the bare engine are measured too
 */
record Place(
    Bed bed,
    Receiving receiver,
    Report report,
    Path rowhook,
    Path peer,
    Path work,
    int rounds,
    int rows,
    List<Load> loads,
    boolean beside) {

  /** The product with default settings, after the peer if that is measured too. */
  List<Candidate> candidates() {
    Candidate product = new RowhookItself(rowhook);
    return beside ? List.of(new DebeziumServer(peer), product) : List.of(product);
  }

  /** An empty directory. */
  Path fresh() throws IOException {
    if (Files.exists(work)) {
      try (Stream<Path> files = Files.walk(work)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    return Files.createDirectories(work);
  }
}
