package io.rowhook.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * Entities of several rows: orders with five lines and their customer, which are read back from the
 * source.
 */
final class Orders {

  private static final String OF = "g  orders with 5 lines and their customer";
  private static final String ENTITIES =
      """
      Order:
        table: public.orders
        contains:
          lines: { table: public.order_line, key: order_id, order-by: line_no }
        refers:
          customer: { table: public.customer, key: customer_id }
      """;
  private static final String CREATED = "created";
  private static final String LINE = "a line updated";

  private final Place place;

  Orders(Place place) {
    this.place = place;
  }

  void run() throws IOException {
    for (int round = 0; round < place.rounds(); round++) {
      measure();
    }
    place.bed().source().execute("DROP TABLE public.order_line, public.orders, public.customer");
    place.report().progress(place.report().table(OF));
  }

  private void measure() throws IOException {
    RowhookItself rowhook = new RowhookItself(place.rowhook());
    Map<String, String> recipients =
        Map.of("shop", rowhook.recipient(place.receiver().url("now", 0)));
    try (Turn turn =
        Turn.of(
            place,
            rowhook,
            directory -> {
              createTables();
              return rowhook.start(place.bed(), directory, recipients, ENTITIES);
            })) {
      Written warm = create(Math.max(40, Benchmark.number("warm", 20_000) / 6));
      turn.await(warm, 1);
      turn.begin();
      Written created = create(place.rows() / 10);
      add(turn, CREATED, created);
      turn.begin();
      Written updated = updateLines(created);
      add(turn, LINE, updated);
    }
  }

  private void add(Turn turn, String what, Written written) throws IOException {
    turn.await(written, 1);
    double processor = turn.processor();
    double seconds = turn.verify(written, 1);
    Report report = place.report();
    report.add(OF, what, "orders/s", written.events() / seconds);
    report.add(OF, what, Turn.PROCESSOR + "an order", processor / written.events());
    report.add(OF, what, Turn.MEMORY, turn.peakMemory());
    report.add(OF, what, "statements of reading back, from the start", statements());
    report.progress("%s, %s: %,.0f orders/s".formatted(OF, what, written.events() / seconds));
  }

  /** What {@code rowhook status} says. */
  private double statements() throws IOException {
    ProcessBuilder status =
        new ProcessBuilder(place.rowhook().resolve("bin/rowhook").toString(), "status", "--json")
            .directory(place.work().toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    status.environment().put("ROWHOOK_JAVA", System.getProperty("java.home"));
    try (InputStream output = status.start().getInputStream()) {
      return new ObjectMapper().readTree(output).path("readBack").path("statements").asDouble();
    }
  }

  /** Each order with its lines in a transaction of its own. The mark is its first line's. */
  private Written create(int orders) {
    return Load.byWriters(
        place.bed(),
        orders,
        (statement, first, count) -> {
          for (long id = first; id < first + count; id++) {
            statement.execute(
                ("INSERT INTO public.orders VALUES (%1$d, 'A-%1$d', 1 + %1$d %% 100, 'open', now());"
                        + " INSERT INTO public.order_line SELECT %1$d, n, 'CH-' || n, n, 189.00 + n,"
                        + " '#%1$d/1/' || %2$s || '#' FROM generate_series(1, 5) n")
                    .formatted(id, Load.CLOCK));
          }
        });
  }

  /**
   * A line of each order, one a transaction; numbered anew, since these are states of their own.
   */
  private Written updateLines(Written created) {
    int orders = created.rows();
    return Load.byWriters(
        place.bed(),
        orders,
        (statement, first, count) -> {
          for (long id = first; id < first + count; id++) {
            statement.execute(
                ("UPDATE public.order_line SET quantity = quantity + 1,"
                        + " mark = '#%d/1/' || %s || '#' WHERE order_id = %d AND line_no = 1")
                    .formatted(id, Load.CLOCK, id - orders));
          }
        });
  }

  private void createTables() {
    place
        .bed()
        .source()
        .execute(
            "DROP TABLE IF EXISTS public.order_line, public.orders, public.customer",
            "CREATE TABLE public.customer (id bigint PRIMARY KEY, name text NOT NULL, email text)",
            """
            CREATE TABLE public.orders (
              id bigint PRIMARY KEY, number text NOT NULL,
              customer_id bigint NOT NULL REFERENCES public.customer, status text NOT NULL,
              ordered_at timestamptz NOT NULL)\
            """,
            """
            CREATE TABLE public.order_line (
              order_id bigint NOT NULL REFERENCES public.orders, line_no int NOT NULL,
              sku text NOT NULL, quantity int NOT NULL, price numeric(12,2) NOT NULL,
              mark text NOT NULL, PRIMARY KEY (order_id, line_no))\
            """,
            "ALTER TABLE public.orders REPLICA IDENTITY FULL",
            "ALTER TABLE public.order_line REPLICA IDENTITY FULL",
            "INSERT INTO public.customer SELECT n, 'Customer ' || n, 'c' || n || '@example.com'"
                + " FROM generate_series(1, 100) n");
  }
}
