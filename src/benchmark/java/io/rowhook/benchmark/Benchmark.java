package io.rowhook.benchmark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Runs the cases that are asked for, one after the other, with nothing else at work beside them,
 * and says what came of each. {@code mvn -Pbenchmark}; {@code -Dcases=a,c}, {@code -Drounds=5},
 * {@code -Drows=100000}, {@code -Dloads=tens,one}; {@code -Dalone=true}: without the peer. Sizes of
 * single cases: {@code -Dwarm=20000} events before those that count in d to i, {@code -Dseconds=30}
 * of c, k and l, {@code -Dowed=1000000} in f. {@code -Djournal=kafka}: with the journal in Kafka,
 * on the same machine.
 */
public final class Benchmark {

  private static final List<String> ALL =
      List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o");

  private Benchmark() {}

  /** Exits with 1 if a case breaks off; a target that is missed is only said. */
  public static void main(String[] arguments) throws Exception {
    List<String> cases = List.of(property("cases", String.join(",", ALL)).split(","));
    Path out = Path.of("target/benchmark");
    Files.createDirectories(out);
    Report report = new Report(System.out);
    try (Bed bed = new Bed();
        Receiving receiver = new Receiving(out)) {
      Place place =
          new Place(
              bed,
              receiver,
              report,
              Path.of("target/rowhook").toAbsolutePath(),
              Path.of(property("peer", "target/peer/debezium-server")).toAbsolutePath(),
              out.resolve("work").toAbsolutePath(),
              Integer.parseInt(property("rounds", "3")),
              Integer.parseInt(property("rows", "100000")),
              Arrays.stream(property("loads", "tens,singles,one,mix").split(","))
                  .map(Load::valueOf)
                  .toList(),
              !property("alone", "false").equals("true"));
      report.remark(
          "%d processors, Java %s, PostgreSQL %s"
              .formatted(
                  Runtime.getRuntime().availableProcessors(),
                  Runtime.version().feature(),
                  bed.source().query("SHOW server_version")));
      for (String one : cases) {
        run(one, place);
        report.write(out);
      }
      System.out.println(report.text());
    } finally {
      Brokers.close();
    }
    System.exit(0);
  }

  private static void run(String one, Place place) throws Exception {
    switch (one) {
      case "a" -> new Rates(place).atOnce();
      case "b" -> new Rates(place).late();
      case "c" -> new Steady(place).run();
      case "d" -> new Neighbours(place).run();
      case "e" -> new FanOut(place).run();
      case "f" -> new Return(place).run();
      case "g" -> new Orders(place).run();
      case "h" -> new Shaping(place).conditions();
      case "i" -> new Shaping(place).template();
      case "j" -> new Starting(place).run();
      case "k" -> new Idle(place).run();
      case "l" -> new Crowd(place).run();
      case "m" -> new Shared(place).cost();
      case "n" -> new Shared(place).instances();
      case "o" -> new HandOver(place).run();
      case "micro" -> new Micro(place).run();
      default ->
          throw new IllegalArgumentException(
              "there is no case '" + one + "'; there are " + String.join(", ", ALL) + " and micro");
    }
  }

  /** A size that a case has of its own. */
  static int number(String name, int otherwise) {
    return Integer.parseInt(property(name, Integer.toString(otherwise)));
  }

  private static String property(String name, String otherwise) {
    String value = System.getProperty(name, "");
    return value.isBlank() ? otherwise : value;
  }
}
