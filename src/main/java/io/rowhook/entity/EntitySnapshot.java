package io.rowhook.entity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.RowLookup.Query;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.aggregate.AggregateChange;
import io.rowhook.entity.aggregate.ReadBackRows;
import io.rowhook.entity.change.RowChangeMapper;
import io.rowhook.entity.change.RowChangeMapper.UnmappableException;
import io.rowhook.entity.content.EventComposer;
import io.rowhook.entity.content.EventDraft;
import io.rowhook.entity.schema.EntitySchema;
import io.rowhook.entity.schema.EntitySchemas;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads an entity whole, as it is in the source at this moment: for a preview of it. */
public final class EntitySnapshot {

  private EntitySnapshot() {}

  /**
   * Looks an entity's root row up by its id.
   *
   * @param tables what the catalog says of the entity's tables
   */
  public static Query root(EntityType type, List<TableMetadata> tables) {
    EntitySchema schema = new EntitySchemas(List.of(type), tables).named(type.name()).schema();
    Query root = schema.root();
    return new Query(
        root.table(),
        schema.id(),
        root.columns(),
        root.known(),
        root.needed(),
        null,
        "",
        root.condition());
  }

  /**
   * Puts parts and references to a root row.
   *
   * @param tables what the catalog says of the entity's tables
   * @param root with its primary key
   * @param missing is given the names of what could not be read
   * @return the data of an event that has just created it
   */
  public static ObjectNode complete(
      EntityType type,
      List<TableMetadata> tables,
      ObjectNode root,
      RowLookup rows,
      List<String> missing) {
    EntitySchema schema = new EntitySchemas(List.of(type), tables).named(type.name()).schema();
    Optional<RowKey> key = RowKey.of(root, schema.key());
    if (!schema.isRead() || key.isEmpty()) {
      return root;
    }
    List<EventDraft> drafts = new ArrayList<>(1);
    try {
      AggregateChange entity = new AggregateChange(new Nowhere(), schema, key);
      entity.addRoot(
          new NetChange(
              type.name(),
              "",
              RowChangeMapper.id(schema.id(), root),
              false,
              null,
              root,
              List.of(),
              0));
      ReadBackRows readBack = ReadBackRows.read(rows, List.of(entity), Set.of(), false);
      EventComposer.compose(entity, readBack, true, drafts::add);
    } catch (UnmappableException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
    missing.addAll(drafts.getFirst().unavailable());
    return drafts.getFirst().data();
  }

  /** Nothing comes of it but what is shown. */
  private record Nowhere() implements EventCollector {

    @Override
    public Transaction transaction() {
      throw new IllegalStateException("there was no transaction");
    }

    @Override
    public void event(Event event) {
      throw new IllegalStateException("there is no event");
    }

    @Override
    public void reject(RejectedRow row) {
      throw new IllegalStateException("there is no change");
    }
  }
}
