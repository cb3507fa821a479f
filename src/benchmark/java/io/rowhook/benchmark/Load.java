package io.rowhook.benchmark;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What is written, as fast as PostgreSQL takes it, or by the clock. Each row carries a mark that
 * says which row and which state of it this is, and when it was due.
 */
enum Load {

  /** Inserts, ten rows a transaction. */
  tens("transactions of 10 rows") {
    @Override
    Written write(Bed bed, int events) {
      return byWriters(
          bed,
          events,
          (statement, first, count) -> {
            for (long id = first; id < first + count; id += 10) {
              statement.execute(insert(id, Math.min(id + 10, first + count) - 1));
            }
          });
    }
  },

  /** Inserts, a row a transaction. */
  singles("single-row transactions") {
    @Override
    Written write(Bed bed, int events) {
      return byWriters(
          bed,
          events,
          (statement, first, count) -> {
            for (long id = first; id < first + count; id++) {
              statement.execute(insert(id, id));
            }
          });
    }
  },

  /** Inserts, all in one transaction. */
  one("one transaction") {
    @Override
    Written write(Bed bed, int events) {
      long first = bed.ids(events);
      long began = now();
      bed.source().execute(insert(first, first + events - 1));
      return new Written(began, now(), first, events, 1);
    }
  },

  /**
   * Ten rows a transaction: five inserts, four updates and a delete of what an earlier one has
   * inserted.
   */
  mix("inserts, updates and deletes, 10 rows a transaction") {
    @Override
    Written write(Bed bed, int events) {
      Written written =
          byWriters(
              bed,
              events / 2,
              (statement, first, count) -> {
                for (long id = first; id < first + count + 5; id += 5) {
                  long old = id - 5;
                  String sql = id < first + count ? insert(id, id + 4) : "";
                  if (id > first) {
                    sql +=
                        ("; UPDATE public.article SET stock = stock + 1, price = price + 0.10,"
                                + " mark = '#' || id || '/2/' || %s || '#' WHERE id BETWEEN %d AND %d;"
                                + " DELETE FROM public.article WHERE id = %d")
                            .formatted(CLOCK, old, old + 3, old + 4);
                  }
                  statement.execute(sql);
                }
              });
      return new Written(written.began(), written.ended(), written.firstId(), written.rows(), 2);
    }
  };

  /** Now, as a row's mark has it: microseconds since 1970. */
  static final String CLOCK = "(extract(epoch from clock_timestamp()) * 1000000)::bigint";

  private final String words;

  Load(String words) {
    this.words = words;
  }

  /** Writes so many changes; returns when the last is committed. */
  abstract Written write(Bed bed, int events);

  @Override
  public String toString() {
    return words;
  }

  /**
   * Inserts of one row each by the clock, whatever becomes of the one before.
   *
   * @param perSecond how many
   */
  static Written steady(Bed bed, int perSecond, int events) throws InterruptedException {
    long first = bed.ids(events);
    try (Connection connection = bed.source().connect();
        Statement statement = connection.createStatement()) {
      long began = now();
      long begin = System.nanoTime();
      for (int i = 0; i < events; i++) {
        long due = begin + i * 1_000_000_000L / perSecond;
        long ahead = due - System.nanoTime();
        if (ahead > 0) {
          Thread.sleep(ahead / 1_000_000, (int) (ahead % 1_000_000));
        }
        long id = first + i;
        statement.execute(rows(id, id, Long.toString(began + (due - begin) / 1000)));
      }
      return new Written(began, now(), first, events, 1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  static String insert(long from, long to) {
    return rows(from, to, CLOCK);
  }

  private static String rows(long from, long to, String due) {
    return ("INSERT INTO public.article (id, sku, name, description, price, stock, mark)"
            + " SELECT n, 'CH-' || n, 'Office chair ' || n, 'Height-adjustable, with armrests and castors for hard"
            + " floors; delivered flat', 189.00 + n %% 100, n %% 50, '#' || n || '/1/' || %s || '#'"
            + " FROM generate_series(%d, %d) n")
        .formatted(due, from, to);
  }

  /** A part of the work on a connection of its own. */
  interface Part {
    void write(Statement statement, long first, int count) throws SQLException;
  }

  static Written byWriters(Bed bed, int rows, Part part) {
    int each = rows / Bed.WRITERS;
    long first = bed.ids(each * Bed.WRITERS);
    long began;
    try (var threads = Executors.newFixedThreadPool(Bed.WRITERS)) {
      List<Connection> connections = new ArrayList<>();
      for (int i = 0; i < Bed.WRITERS; i++) {
        connections.add(bed.source().connect());
      }
      began = now();
      List<Future<?>> writing = new ArrayList<>();
      for (int i = 0; i < Bed.WRITERS; i++) {
        Connection connection = connections.get(i);
        long own = first + (long) i * each;
        writing.add(
            threads.submit(() -> {
              try (connection;
                  Statement statement = connection.createStatement()) {
                part.write(statement, own, each);
              }
              return null;
            }));
      }
      for (Future<?> one : writing) {
        one.get();
      }
    } catch (SQLException | ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return new Written(began, now(), first, each * Bed.WRITERS, 1);
  }

  /** Microseconds since 1970. */
  static long now() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
