package io.rowhook.journal.events;

import io.rowhook.journal.TemplateArchive;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.sqlite.WriteTask;
import java.util.Optional;
import java.util.Set;

/** The attribute sets that bodies were made by, in the journal's file. Any thread. */
public final class SqliteTemplateArchive implements TemplateArchive {

  private final GroupCommitWriter writer;
  private final ReaderPool readers;

  public SqliteTemplateArchive(GroupCommitWriter writer, ReaderPool readers) {
    this.writer = writer;
    this.readers = readers;
  }

  /** Durable when this returns; cheap where it is kept already. */
  @Override
  public void keepAttributeSet(String hash, String name, String source) {
    if (attributeSet(hash).isEmpty()) {
      writer.writeThrough(
          WriteTask.urgent(sql ->
              sql.update(
                  "INSERT INTO attribute_set (hash, name, source) VALUES (?, ?, ?)"
                      + " ON CONFLICT (hash) DO NOTHING",
                  hash,
                  name,
                  source)));
    }
  }

  @Override
  public Optional<String> attributeSet(String hash) {
    return readers.read(sql ->
        sql.first(
            "SELECT source FROM attribute_set WHERE hash = ?", row -> row.getString(1), hash));
  }

  /** Durable when this returns; cheap where they are the same. */
  @Override
  public void attributeSetsInForce(Set<String> hashes) {
    if (!attributeSetsInForce().equals(hashes)) {
      writer.writeThrough(
          WriteTask.urgent(sql -> {
            int found = sql.update("UPDATE attribute_set SET in_force = 0 WHERE in_force = 1");
            for (String hash : hashes) {
              found += sql.update("UPDATE attribute_set SET in_force = 1 WHERE hash = ?", hash);
            }
            return found;
          }));
    }
  }

  @Override
  public Set<String> attributeSetsInForce() {
    return Set.copyOf(
        readers.read(sql ->
            sql.list(
                "SELECT hash FROM attribute_set WHERE in_force = 1", row -> row.getString(1))));
  }
}
