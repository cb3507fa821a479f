package io.rowhook.capture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.catalog.PublicationState;
import io.rowhook.capture.setup.NoteJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the source's publication held when it was last seen to be as it must be. What has left it
 * since was missed: PostgreSQL never sends what is written while a table is not in it.
 *
 * @param publication its OID; one that was dropped and made anew has another
 * @param seenAt the end of the source's log then, or before; later changes are not vouched for
 * @param tables each captured table by its name
 */
public record PublishedTables(
    long publication, Position seenAt, Map<TableId, PublishedTables.Table> tables) {

  /**
   * A table.
   *
   * @param oid its own; another table of the same name has another
   * @param routes by which it is published; null: not known, in a journal of an earlier version
   * @param lastGood where it was last captured under this name, if it is suspended; null: at {@link
   *     #seenAt}
   * @param key the columns that tell its rows apart
   */
  public record Table(
      long oid, @Nullable PublicationRoutes routes, @Nullable Position lastGood, List<String> key) {
    public Table {
      key = List.copyOf(key);
    }
  }

  public PublishedTables {
    tables = Map.copyOf(tables);
  }

  /**
   * Reads what {@link #text} gives.
   *
   * @param seenAt stands apart from it
   */
  static PublishedTables parse(String text, Position seenAt) {
    JsonNode json = NoteJson.parse(text);
    Map<TableId, Table> tables = new HashMap<>();
    for (JsonNode table : json.path("tables")) {
      List<String> key = new ArrayList<>();
      table.path("key").forEach(column -> key.add(column.asText()));
      tables.put(
          new TableId(table.path("schema").asText(), table.path("table").asText()),
          new Table(
              table.path("oid").asLong(),
              table.hasNonNull("routes")
                  ? new PublicationRoutes(table.path("routes").asText())
                  : null,
              table.hasNonNull("lastGood") ? Position.parse(table.path("lastGood").asText()) : null,
              key));
    }
    return new PublishedTables(json.path("oid").asLong(), seenAt, tables);
  }

  /** Returns it as a note, without {@link #seenAt}. */
  String text() {
    ObjectNode json = Json.MAPPER.createObjectNode().put("oid", publication);
    ArrayNode held = json.putArray("tables");
    tables.forEach((name, table) -> {
      ObjectNode one =
          held.addObject()
              .put("schema", name.schema())
              .put("table", name.name())
              .put("oid", table.oid())
              .put("routes", table.routes() == null ? null : table.routes().text())
              .put("lastGood", table.lastGood() == null ? null : table.lastGood().toString());
      table.key().forEach(one.putArray("key")::add);
    });
    return json.toString();
  }

  /** The same without all tables but these. */
  public PublishedTables only(Set<TableId> names) {
    Map<TableId, Table> kept = new HashMap<>(tables);
    kept.keySet().retainAll(names);
    return new PublishedTables(publication, seenAt, kept);
  }

  /** The position up to which changes of a table are vouched for. */
  public Position seenAt(Table table) {
    return table.lastGood() == null ? seenAt : table.lastGood();
  }

  /**
   * The same after Rowhook has altered the publication itself. What somebody else had altered
   * before stays to be found.
   */
  public PublishedTables follow(PublicationState from, PublicationState to) {
    Map<TableId, Table> followed = new HashMap<>(tables);
    followed.replaceAll((name, table) -> {
      PublicationState.Member after = to.tables().get(table.oid());
      return after != null && from.follows(table)
          ? new Table(table.oid(), after.routes(), table.lastGood(), table.key())
          : table;
    });
    return new PublishedTables(publication, seenAt, followed);
  }
}
