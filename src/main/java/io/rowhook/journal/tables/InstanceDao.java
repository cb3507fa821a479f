package io.rowhook.journal.tables;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.journal.Instance;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import java.net.URI;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which instance does what, where several share a journal. */
public final class InstanceDao {

  /** The note that says who captures. */
  private static final String CAPTURES = "captured-by";

  private InstanceDao() {}

  /** It serves the recipients of these partitions from now on. */
  public static void serves(SqliteSession sql, Collection<Integer> partitions, Instance instance)
      throws SQLException {
    for (int partition : partitions) {
      sql.update(
          "INSERT OR REPLACE INTO server (partition, instance, api, since) VALUES (?, ?, ?, ?)",
          partition,
          instance.name(),
          instance.api().map(URI::toString).orElse(null),
          TimeColumns.micros(instance.since()));
    }
  }

  /** It captures from now on. */
  public static void captures(SqliteSession sql, Instance instance) throws SQLException {
    ObjectNode json = Json.MAPPER.createObjectNode().put("instance", instance.name());
    json.put("api", instance.api().map(URI::toString).orElse(null));
    json.put("since", instance.since().toString());
    NoteDao.write(sql, Map.of(CAPTURES, Json.text(json)));
  }

  /** Who serves, by partition; the last that was heard of. */
  public static Map<Integer, Instance> servers(SqliteSession sql) throws SQLException {
    Map<Integer, Instance> servers = new TreeMap<>();
    sql.each(
        "SELECT partition, instance, api, since FROM server",
        row -> {
          servers.put(
              row.getInt(1),
              new Instance(
                  row.getString(2),
                  Optional.ofNullable(row.getString(3)).map(URI::create),
                  TimeColumns.instant(row.getLong(4))));
          return true;
        });
    return servers;
  }

  /** Who captures; the last that was heard of. */
  public static Optional<Instance> capturing(SqliteSession sql) throws SQLException {
    return NoteDao.read(sql, CAPTURES).map(InstanceDao::capturing);
  }

  private static Instance capturing(String note) {
    JsonNode json;
    try {
      json = Json.MAPPER.readTree(note);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the note " + CAPTURES, e); // written here
    }
    return new Instance(
        json.path("instance").asText(),
        Optional.of(json.path("api"))
            .filter(JsonNode::isTextual)
            .map(JsonNode::asText)
            .map(URI::create),
        Instant.parse(json.path("since").asText()));
  }
}
