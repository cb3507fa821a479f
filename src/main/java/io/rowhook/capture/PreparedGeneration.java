package io.rowhook.capture;

import io.rowhook.capture.decode.Relation;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one engine runs with: a generation, and the source as it was found to be. Immutable.
 *
 * @param generation what is captured
 * @param facts of the tables whose row changes can be told
 * @param standIns for the facts of the others, as far as they are known
 * @param suspended why the others' row changes cannot be told, by table
 * @param fingerprints of all captured tables that exist
 * @param oids by which captured tables are or were known
 */
public record PreparedGeneration(
    Generation generation,
    List<TableMetadata> facts,
    List<TableMetadata> standIns,
    Map<TableId, SuspendedTable> suspended,
    Map<TableId, String> fingerprints,
    Map<Long, TableId> oids) {

  public PreparedGeneration {
    facts = List.copyOf(facts);
    standIns = List.copyOf(standIns);
    suspended = Map.copyOf(suspended);
    fingerprints = Map.copyOf(fingerprints);
    oids = Map.copyOf(oids);
  }

  /** Before the source was looked at. */
  public static PreparedGeneration none(Generation generation) {
    return new PreparedGeneration(generation, List.of(), List.of(), Map.of(), Map.of(), Map.of());
  }

  /** The same, known by these OIDs as well. */
  public PreparedGeneration withPublished(Optional<PublishedTables> published) {
    Map<Long, TableId> known = new HashMap<>();
    published.ifPresent(
        tables -> tables.tables().forEach((name, table) -> known.put(table.oid(), name)));
    for (TableMetadata table : facts) {
      known.put(table.oid(), table.table());
      table.leaves().forEach(leaf -> known.put(leaf.oid(), table.table()));
    }
    return new PreparedGeneration(generation, facts, standIns, suspended, fingerprints, known);
  }

  /** The captured table that the log speaks of; null: none. Renamed ones are known by their OID. */
  @Nullable
  public TableId captured(Relation relation) {
    TableId named = relation.table();
    if (generation.tables().stream().anyMatch(table -> table.table().equals(named))) {
      return named;
    }
    return oids.get(Integer.toUnsignedLong(relation.oid()));
  }

  /** Facts of all captured tables; of suspended ones what stands in for them. */
  List<TableMetadata> allFacts() {
    return Stream.concat(facts.stream(), standIns.stream()).toList();
  }

  /** All captured tables. */
  public Collection<TableId> tables() {
    return generation.tables().stream().map(CapturedTable::table).toList();
  }
}
