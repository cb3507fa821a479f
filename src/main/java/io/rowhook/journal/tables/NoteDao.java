package io.rowhook.journal.tables;

import io.rowhook.journal.sqlite.SqliteSession;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What capture has to find again after a restart, as named text; only capture can read it. */
public final class NoteDao {

  private NoteDao() {}

  public static Optional<String> read(SqliteSession sql, String name) throws SQLException {
    return sql.first("SELECT text FROM note WHERE name = ?", row -> row.getString(1), name);
  }

  /** All of them, by their names. */
  public static Map<String, String> all(SqliteSession sql) throws SQLException {
    Map<String, String> notes = new TreeMap<>();
    sql.each(
        "SELECT name, text FROM note",
        row -> {
          notes.put(row.getString(1), row.getString(2));
          return true;
        });
    return notes;
  }

  /** Writes each under its name; an empty one removes what was there. */
  public static void write(SqliteSession sql, Map<String, String> notes) throws SQLException {
    for (Map.Entry<String, String> note : notes.entrySet()) {
      if (note.getValue().isEmpty()) {
        sql.update("DELETE FROM note WHERE name = ?", note.getKey());
      } else {
        sql.update(
            "INSERT INTO note (name, text) VALUES (?, ?)"
                + " ON CONFLICT (name) DO UPDATE SET text = excluded.text",
            note.getKey(),
            note.getValue());
      }
    }
  }
}
