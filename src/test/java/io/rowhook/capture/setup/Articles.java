package io.rowhook.capture.setup;

import io.rowhook.capture.Lsn;
import io.rowhook.capture.Rig;
import io.rowhook.testing.SourceDatabase;

/** Rows written to the table {@code article}, and how far a rig has come with them. */
final class Articles {

  private final SourceDatabase database;

  /** Makes the tables, and a role that owns none of them. */
  Articles(SourceDatabase database) {
    this.database = database;
    database.execute(
        "CREATE TABLE article (id int PRIMARY KEY, name text)",
        "CREATE TABLE other (id int PRIMARY KEY)",
        "CREATE TABLE extra (id int PRIMARY KEY)",
        "CREATE ROLE visitor LOGIN REPLICATION",
        "GRANT SELECT ON article, other TO visitor");
  }

  void insert() {
    database.execute("INSERT INTO article SELECT coalesce(max(id), 0) + 1, 'a' FROM article");
  }

  Rig rig(String name) {
    return new Rig(database, name, "public.article", "public.other");
  }

  /** The server's, as 18. */
  int version() {
    return Integer.parseInt(String.valueOf(database.query("SHOW server_version_num"))) / 10_000;
  }

  Lsn position() {
    return Lsn.parse(String.valueOf(database.query("SELECT pg_current_wal_lsn()")));
  }

  /** The id of the last row written. */
  String newest() {
    return String.valueOf(database.query("SELECT max(id) FROM article"));
  }

  /** The id of the last row that came. */
  static String last(Rig rig) {
    return rig.sink.rows().getLast().key().get("id").asText();
  }
}
