package io.rowhook.crash;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A source, a recipient and the product as a process, for tests that break one thing. One thread.
 */
final class Bench implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  final Path directory;
  final Recipient shop;
  private @Nullable RowhookProcess process;

  private Bench(Path directory) throws Exception {
    this.directory = directory;
    this.shop = new Recipient("shop", true, 0); // so that the order can be asserted
  }

  /** One with settings for a source that has, or gets, the story's tables. */
  static Bench of(Path directory, SourceDatabase source) throws Exception {
    Bench bench = new Bench(directory);
    bench.configure(source);
    return bench;
  }

  /** Starts a source that has the story's tables. */
  static SourceDatabase source() {
    return source(SourceDatabase.start());
  }

  /** One that was started, with what is needed. */
  static SourceDatabase source(SourceDatabase source) {
    source.execute(Kind.tables().toArray(String[]::new));
    return source;
  }

  /** Takes away what tests have left in a source that goes on; whoever reads it has ended. */
  static void clear(SourceDatabase source) {
    Eventually.within(
        PATIENCE,
        "the source knows that nobody reads it any more",
        () -> "0".equals(source.query("SELECT count(*) FROM pg_replication_slots WHERE active")));
    source.execute(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots",
        "DROP PUBLICATION IF EXISTS rowhook",
        "TRUNCATE public.article, crm.customer, sales.sales_order");
  }

  /** Writes the settings for another source. */
  void configure(SourceDatabase source) throws IOException {
    new Child(directory).configure(source, List.of(shop));
  }

  /** The same, for a source that is reached at another port. */
  void configure(SourceDatabase source, int port) throws IOException {
    Map<String, String> connector = source.connectorProperties();
    connector.put("database.port", Integer.toString(port));
    new Child(directory).configure(connector, List.of(shop));
  }

  Path journal() {
    return Child.journal(directory);
  }

  /** The product as it is shipped. */
  RowhookProcess start(String... arguments) {
    return start(
        RowhookProcess.run(config(), directory.resolve("templates"), journal()), arguments);
  }

  /** The same, put together otherwise. */
  RowhookProcess start(RowhookProcess.Setup setup, String... arguments) {
    process = setup.with(arguments).jvm("-XX:TieredStopAtLevel=1").start();
    return process;
  }

  Path config() {
    return directory.resolve("config");
  }

  /** Starts it, and waits until it has refused to; returns what it has said. */
  String startRefused(String... arguments) {
    RowhookProcess refused = start(arguments);
    int status = refused.exitCode(PATIENCE);
    if (status == 0) {
      throw new AssertionError("Rowhook ended with status 0:\n" + refused.output());
    }
    return refused.output();
  }

  void stop() {
    RowhookProcess running = process;
    if (running != null) {
      running.stop();
    }
  }

  /** Commits one order; its event is {@link #received}. */
  static void order(SourceDatabase source, long number) {
    EntityKey key = new EntityKey(Kind.Order, number);
    source.execute(
        "INSERT INTO sales.sales_order VALUES (%d, 1, '%s', 1)"
            .formatted(number, Kind.name(key, 1)));
  }

  /** Waits until the shop has the order, and says under which id. */
  String received(long number) {
    String entity = new EntityKey(Kind.Order, number).toString();
    return Eventually.until(
        PATIENCE,
        entity + " arrives",
        () ->
            shop.arrivals().stream()
                .filter(arrival -> arrival.entity().equals(entity))
                .map(Arrival::id)
                .findFirst()
                .orElse(null));
  }

  /** The orders that have arrived, in the order of their first arrival. */
  List<String> orders() {
    return shop.arrivals().stream().map(Arrival::entity).distinct().toList();
  }

  /** Whatever came more than once came under the id of its first arrival. */
  void assertOneIdEach() {
    Map<String, Set<String>> ids =
        shop.arrivals().stream()
            .collect(groupingBy(Arrival::entity, mapping(Arrival::id, toSet())));
    assertThat(ids).allSatisfy((entity, its) -> assertThat(its).as(entity).hasSize(1));
    assertThat(shop.arrivals()).allSatisfy(arrival -> assertThat(arrival.fault()).isEmpty());
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
    shop.close();
  }
}
