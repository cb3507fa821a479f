package io.rowhook.journal.jobs;

import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import io.rowhook.journal.sqlite.WriteTask;
import io.rowhook.journal.tables.ServedRecipients;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Forgets recipients: a file of the same name begins anew then. The name goes at once, in one
 * commit; what the journal has of it goes afterwards, in small steps, and also after a crash.
 *
 * <p>A number is not given again before all that it stands in is gone. Nobody may write to a
 * recipient's delivery store any more when it is forgotten.
 */
public final class ForgetJob {

  private static final int STEP = 500;

  /** Each has a recipient and a sequence. */
  private static final List<String> TABLES = List.of("delivery", "attempt", "skipped", "merged");

  private final GroupCommitWriter writer;
  private final ServedRecipients mine;

  /**
   * @param mine which recipients this process serves, where several share a journal: it forgets no
   *     other
   */
  public ForgetJob(GroupCommitWriter writer, ServedRecipients mine) {
    this.writer = writer;
    this.mine = mine;
  }

  /** Forgets one. Returns false if there is no such recipient. */
  public boolean forget(String name) throws InterruptedException {
    boolean known =
        writer.write(
            WriteTask.urgent(sql -> {
              Optional<Long> id =
                  sql.first("SELECT id FROM recipient WHERE name = ?", row -> row.getLong(1), name);
              if (id.isPresent()) {
                forget(sql, id.get());
              }
              return id.isPresent();
            }));
    removeRest();
    return known;
  }

  /**
   * Forgets those that have had no file since an instant.
   *
   * @return their names
   */
  public List<String> forgetUnseenSince(Instant instant) throws InterruptedException {
    List<String> names =
        writer.write(
            WriteTask.urgent(sql -> {
              List<String> unseen =
                  sql
                      .list(
                          "SELECT name FROM recipient WHERE seen_at < ? ORDER BY name",
                          row -> row.getString(1),
                          TimeColumns.micros(instant))
                      .stream()
                      .filter(mine::has)
                      .toList();
              for (String name : unseen) {
                forget(sql, sql.number("SELECT id FROM recipient WHERE name = ?", name));
              }
              return unseen;
            }));
    removeRest();
    return names;
  }

  private static void forget(SqliteSession sql, long id) throws SQLException {
    sql.update("INSERT INTO forgotten_recipient (id) VALUES (?)", id);
    sql.update("DELETE FROM recipient WHERE id = ?", id);
    sql.update("DELETE FROM matching WHERE recipient = ?", id);
  }

  /** Removes what is left of all that are forgotten. */
  private void removeRest() throws InterruptedException {
    boolean more = true;
    while (more) {
      more = writer.write(WriteTask.urgent(this::step));
    }
  }

  private boolean step(SqliteSession sql) throws SQLException {
    Optional<Long> id =
        sql.list("SELECT id FROM forgotten_recipient ORDER BY id", row -> row.getLong(1)).stream()
            .filter(mine::has)
            .findFirst();
    if (id.isEmpty()) {
      return false;
    }
    for (String table : TABLES) {
      int removed =
          sql.update(
              "DELETE FROM "
                  + table
                  + " WHERE recipient = ? AND sequence IN (SELECT sequence FROM "
                  + table
                  + " WHERE recipient = ? ORDER BY sequence LIMIT "
                  + STEP
                  + ")",
              id.get(),
              id.get());
      if (removed > 0) {
        return true;
      }
    }
    int held =
        sql.update(
            "DELETE FROM held WHERE recipient = ?1 AND (entity_type, entity_id) IN (SELECT entity_type,"
                + " entity_id FROM held WHERE recipient = ?1 ORDER BY entity_type, entity_id LIMIT "
                + STEP
                + ")",
            id.get());
    if (held > 0) {
      return true;
    }
    int removed =
        sql.update(
            "DELETE FROM acknowledged WHERE recipient = ? AND entity_key IN (SELECT entity_key FROM"
                + " acknowledged WHERE recipient = ? ORDER BY entity_key LIMIT "
                + STEP
                + ")",
            id.get(),
            id.get());
    if (removed == 0) {
      sql.update("DELETE FROM forgotten_recipient WHERE id = ?", id.get());
    }
    return true;
  }
}
