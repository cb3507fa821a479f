package io.rowhook.journal;

import io.rowhook.entity.EmbeddedRows;
import io.rowhook.journal.deliveries.ErasedEvents;
import io.rowhook.journal.events.CommittedState;
import io.rowhook.journal.jobs.EraseJob;
import io.rowhook.journal.sqlite.FileScrubber;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.JournalFile;
import io.rowhook.journal.sqlite.ReaderPool;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;

/**
 * Removes all that the journal has of one entity, so that neither a query nor a look into its files
 * finds it again. A dispatcher must begin anew after it. Any thread; one erasure at a time.
 */
public final class Erasure {

  /**
   * Which entity.
   *
   * @param type its name
   * @param id as {@link io.rowhook.entity.Event#entityId} has it
   * @param table its root table, as rejected rows name it
   * @param rows finds its row in events of others
   */
  public record Subject(String type, String id, String table, EmbeddedRows rows) {}

  /**
   * What the journal has of it.
   *
   * @param events its own
   * @param pending deliveries of these that are still to be made, at most, by recipient
   * @param pendingDeletions of these, what tells a recipient that the entity is gone
   * @param embedding events of others that embed its row, by their entities
   * @param unclear events of others that embed a row which may be it, and do not say so
   */
  public record Traces(
      long events,
      Map<String, Long> pending,
      long pendingDeletions,
      Map<String, Long> embedding,
      long unclear) {

    public Traces {
      pending = Map.copyOf(pending);
      embedding = Map.copyOf(embedding);
    }
  }

  /**
   * What was found, and whether it is gone.
   *
   * @param bytes of the journal's file, which is rewritten
   * @param left why traces may be left in the file, in words; empty: none are, or nothing was done
   * @param open whether a transaction is just being read that may have more of it
   */
  public record Result(Traces traces, long bytes, Optional<String> left, boolean open) {}

  private final JournalFile file;
  private final GroupCommitWriter writer;
  private final ReaderPool readers;
  private final CommittedState committed;
  private final ErasedEvents erased;
  private final Sharing sharing;

  Erasure(
      JournalFile file,
      GroupCommitWriter writer,
      ReaderPool readers,
      CommittedState committed,
      ErasedEvents erased,
      Sharing sharing) {
    this.file = file;
    this.writer = writer;
    this.readers = readers;
    this.committed = committed;
    this.erased = erased;
    this.sharing = sharing;
  }

  /** Whether there is any event of an entity type. */
  public boolean knows(String entityType) {
    return readers.read(sql ->
        sql.first("SELECT 1 FROM event WHERE entity_type = ? LIMIT 1", row -> 1, entityType)
            .isPresent());
  }

  /** Looks what there is; changes nothing. */
  public Result look(Subject subject) throws InterruptedException {
    return result(job(subject).run(false), Optional.empty());
  }

  /**
   * Removes it, and rewrites the file: nothing else is written to it meanwhile.
   *
   * @throws DeliveryAdminException if other instances have it too, whose files this one cannot
   *     rewrite
   */
  public Result erase(Subject subject) throws DeliveryAdminException, InterruptedException {
    if (!sharing.doesAll()) {
      throw new DeliveryAdminException(
          "other instances of Rowhook share the work, and their files have what is to be erased"
              + " too: stop all but one, erase there, and start the others with their files moved"
              + " away (docs/scaling.md)");
    }
    Traces traces = job(subject).run(true);
    return result(traces, new FileScrubber(file, Disks.SYSTEM).scrub(writer));
  }

  private EraseJob job(Subject subject) {
    return new EraseJob(
        writer,
        readers,
        committed,
        erased,
        subject.type(),
        subject.id(),
        subject.table(),
        subject.rows());
  }

  private Result result(Traces traces, Optional<String> left) {
    return new Result(
        traces, new FileScrubber(file, Disks.SYSTEM).size(), left, Files.exists(file.spillPath()));
  }
}
