package io.rowhook.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The tables of the structure tests, and what is awaited of them. */
final class Structure {

  static final TableId ARTICLE = new TableId("public", "article");

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private Structure() {}

  /** Makes them anew. */
  static void tables(SourceDatabase database) {
    database.execute(
        "DROP TABLE IF EXISTS article, article_old, other, line CASCADE",
        "DROP SCHEMA IF EXISTS attic CASCADE",
        "CREATE TABLE article (id int PRIMARY KEY, name text, stock int)",
        "CREATE TABLE other (id int PRIMARY KEY, note text)",
        "CREATE TABLE line (id int PRIMARY KEY, article_id int, note text)",
        "CREATE INDEX ON line (article_id)",
        "ALTER TABLE article REPLICA IDENTITY FULL",
        "ALTER TABLE line REPLICA IDENTITY FULL");
  }

  static Rig rig(SourceDatabase database) {
    return rig(database, "public.article", "public.other");
  }

  static Rig rig(SourceDatabase database, String... tables) {
    return new Rig(database, name(), tables);
  }

  static Rig rig(SourceDatabase database, List<CapturedTable> tables) {
    return new Rig(database, name(), tables);
  }

  private static String name() {
    return "structure" + NUMBER.incrementAndGet();
  }

  /** Rows of one table as they came. */
  static List<String> rows(Rig rig, String table) {
    return rig.sink.rows().stream()
        .filter(row -> row.table().equals(TableId.parse(table)))
        .map(row -> row.operation() + " " + row.key() + " " + row.before() + " -> " + row.after())
        .toList();
  }

  static void await(Rig rig, String table, int count) {
    Eventually.within(
        Rig.SOON,
        () -> count + " rows of " + table + ", there are " + rows(rig, table) + rig.failures,
        () -> rows(rig, table).size() == count);
  }

  static void othersGoOn(Rig rig) {
    int before = rows(rig, "other").size();
    rig.database.execute("INSERT INTO other SELECT coalesce(max(id), 0) + 1 FROM other");
    await(rig, "other", before + 1);
  }

  /** So that what follows is not taken for what was before. */
  static void awaitAgain(Rig rig, CaptureSupervisor supervisor) {
    Eventually.within(Rig.SOON, "no table is suspended", () -> supervisor.suspended().isEmpty());
    Eventually.within(
        Rig.SOON,
        "the table is in the publication",
        () ->
            "t"
                .equals(
                    rig.database.query(
                        "SELECT EXISTS (SELECT FROM pg_publication_tables WHERE pubname = '"
                            + rig.name
                            + "' AND tablename = 'article')")));
  }

  static void assertMissed(Rig rig) {
    MissedRange missed = rig.history.missed(1).getFirst();
    assertThat(missed.table()).isEqualTo(ARTICLE);
    assertThat(missed.upTo().isAfter(missed.after())).isTrue();
    assertThat(missed.reason()).contains("another table (OID ", "has taken the name");
  }

  static void assertSuspended(CaptureSupervisor supervisor, String reason) {
    Eventually.passes(
        Rig.SOON,
        "suspended",
        () ->
            assertThat(supervisor.suspended())
                .singleElement()
                .satisfies(one -> assertThat(one.reason()).contains(reason)));
  }

  static Lsn position(SourceDatabase database) {
    return Lsn.parse(String.valueOf(database.query("SELECT pg_current_wal_lsn()")));
  }

  static void awaitRejected(Rig rig, String... rows) {
    Eventually.passes(
        Rig.SOON,
        "rejected",
        () ->
            assertThat(rig.sink.rejected())
                .extracting(row -> row.operation() + " " + row.key())
                .containsExactly(rows));
  }
}
