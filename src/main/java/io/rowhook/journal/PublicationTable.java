package io.rowhook.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.rowhook.capture.ExactJson;
import io.rowhook.capture.MissedRange;
import io.rowhook.capture.Position;
import io.rowhook.capture.PublishedTables;
import io.rowhook.capture.Routes;
import io.rowhook.capture.SlotIntent;
import io.rowhook.capture.TableId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What capture must know of the source after a restart: the publication as it was last seen whole,
 * what was missed, and a slot that was about to be made.
 */
final class PublicationTable {

  private PublicationTable() {}

  static Optional<PublishedTables> read(Sql sql) throws SQLException {
    Map<TableId, PublishedTables.Table> tables = new HashMap<>();
    sql.each(
        "SELECT * FROM captured_table",
        row -> {
          TableId name = new TableId(row.getString("schema_name"), row.getString("table_name"));
          tables.put(name, table(row));
          return true;
        });
    return sql.first(
        "SELECT oid, seen_at FROM publication",
        row -> new PublishedTables(row.getLong(1), Position.of(row.getLong(2)), tables));
  }

  private static PublishedTables.Table table(ResultSet row) throws SQLException {
    String routes = row.getString("routes");
    String lastGood = row.getString("last_good");
    List<String> key = new ArrayList<>();
    try {
      ExactJson.MAPPER.readTree(row.getString("key_columns")).forEach(one -> key.add(one.asText()));
    } catch (JsonProcessingException e) {
      throw new SQLException("captured_table.key_columns is no JSON", e);
    }
    return new PublishedTables.Table(
        row.getLong("oid"),
        routes == null ? null : new Routes(routes),
        lastGood == null ? null : Position.of(Long.parseLong(lastGood)),
        key);
  }

  static void write(Sql sql, PublishedTables now, List<MissedRange> missed) throws SQLException {
    sql.update(
        "INSERT INTO publication (one, oid, seen_at) VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE"
            + " SET oid = excluded.oid, seen_at = excluded.seen_at",
        now.publication(),
        now.seenAt().stored());
    sql.update("DELETE FROM captured_table");
    for (Map.Entry<TableId, PublishedTables.Table> entry : now.tables().entrySet()) {
      PublishedTables.Table table = entry.getValue();
      ArrayNode key = ExactJson.MAPPER.createArrayNode();
      table.key().forEach(key::add);
      sql.update(
          "INSERT INTO captured_table (schema_name, table_name, oid, routes, last_good, key_columns)"
              + " VALUES (?, ?, ?, ?, ?, ?)",
          entry.getKey().schema(),
          entry.getKey().name(),
          table.oid(),
          table.routes() == null ? null : table.routes().text(),
          table.lastGood() == null ? null : table.lastGood().stored(),
          key.toString());
    }
    for (MissedRange range : missed) {
      sql.update(
          "INSERT INTO missed_range (at, schema_name, table_name, after_lsn, to_lsn, reason)"
              + " VALUES (?, ?, ?, ?, ?, ?)",
          Times.micros(range.noticedAt()),
          range.table().schema(),
          range.table().name(),
          range.after().stored(),
          range.upTo().stored(),
          range.reason());
    }
  }

  /** The newest first. */
  static List<MissedRange> missed(Sql sql, int limit) throws SQLException {
    return sql.list(
        "SELECT * FROM missed_range ORDER BY n DESC LIMIT ?",
        row ->
            new MissedRange(
                Times.instant(row.getLong("at")),
                new TableId(row.getString("schema_name"), row.getString("table_name")),
                Position.of(row.getLong("after_lsn")),
                Position.of(row.getLong("to_lsn")),
                row.getString("reason")),
        limit);
  }

  static Optional<SlotIntent> intent(Sql sql) throws SQLException {
    return sql.first(
        "SELECT system_identifier, slot FROM slot_intent",
        row -> new SlotIntent(row.getString(1), row.getString(2)));
  }

  static void intend(Sql sql, SlotIntent intent) throws SQLException {
    forgetIntent(sql);
    sql.update(
        "INSERT INTO slot_intent (one, system_identifier, slot) VALUES (1, ?, ?)",
        intent.systemIdentifier(),
        intent.slot());
  }

  static void forgetIntent(Sql sql) throws SQLException {
    sql.update("DELETE FROM slot_intent");
  }
}
