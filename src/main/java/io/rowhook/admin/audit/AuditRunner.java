package io.rowhook.admin.audit;

import io.rowhook.capture.CaptureState;
import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.SourceException;
import io.rowhook.entity.EntityReader;
import io.rowhook.entity.ResyncChunks;
import io.rowhook.journal.JobThread;
import io.rowhook.journal.JournalException;
import io.rowhook.journal.Resync;
import io.rowhook.journal.StateAudit;
import io.rowhook.journal.StateAudits;
import io.rowhook.recipient.Recipient;
import io.rowhook.settings.Settings;
import io.rowhook.template.TemplateLookup;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds recipients against the source, one audit after the other, beside capture and deliveries; it
 * has a connection of its own. What is durable of one is done; after a kill it goes on behind it. A
 * {@link JobThread} owns it.
 */
public final class AuditRunner implements JobThread.Jobs<Long>, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AuditRunner.class);

  private final StateAudits audits;
  private final ResyncChunks chunks;
  private final JdbcRowLookup rows;
  private final Supplier<CaptureState> capture;
  private final Supplier<Settings> settings;
  private final AuditStep steps;
  private final JobThread<Long> thread = new JobThread<>("audit", this);
  private final Map<Long, String> notes = new ConcurrentHashMap<>();

  // the thread's
  private final Map<Long, AuditMemory> memories = new HashMap<>();

  /**
   * Builds it at rest.
   *
   * @param rows a lookup of its own, which it closes
   * @param mended is told that a resync has begun
   */
  public AuditRunner(
      StateAudits audits,
      ResyncChunks chunks,
      JdbcRowLookup rows,
      TemplateLookup sets,
      Supplier<CaptureState> capture,
      Supplier<Settings> settings,
      Runnable mended) {
    this.audits = audits;
    this.chunks = chunks;
    this.rows = rows;
    this.capture = capture;
    this.settings = settings;
    this.steps = new AuditStep(audits, new EntityReader(chunks, rows), sets, mended);
  }

  public void start() {
    thread.start();
  }

  /** One was added. Any thread. */
  public void wake() {
    thread.wake();
  }

  /** What one waits for, in words; empty: for nothing. Any thread. */
  public Optional<String> note(long audit) {
    return Optional.ofNullable(notes.get(audit));
  }

  @Override
  public List<Long> running() {
    return audits.runningNumbers();
  }

  @Override
  public long number(Long audit) {
    return audit;
  }

  /** Whatever it meets, the thread goes on. */
  @Override
  public Duration turn(Long audit) throws InterruptedException {
    AuditMemory memory = memories.computeIfAbsent(audit, _ -> new AuditMemory());
    memory.note = null;
    Duration wait = turn(audit, memory);
    note(audit, memory.note);
    return wait;
  }

  @Override
  public void rest() {
    memories.clear();
    notes.clear();
  }

  private void note(long audit, @Nullable String note) {
    if (note == null) {
      notes.remove(audit);
    } else {
      notes.put(audit, note);
    }
  }

  private Duration turn(long number, AuditMemory memory) throws InterruptedException {
    StateAudit audit;
    try {
      Optional<StateAudit> found = audits.find(number);
      if (found.isEmpty()) {
        return AuditStep.LATER;
      }
      audit = found.get();
    } catch (JournalException e) {
      memory.note = String.valueOf(e.getMessage());
      return AuditStep.LATER;
    }
    return turn(audit, memory);
  }

  private Duration turn(StateAudit audit, AuditMemory memory) throws InterruptedException {
    try {
      return take(audit, memory);
    } catch (AuditStep.EndedException e) {
      return fail(audit, String.valueOf(e.getMessage()));
    } catch (RowLookup.RefusedException e) {
      if (!e.isPassing()) {
        return fail(audit, String.valueOf(e.getMessage()));
      }
      memory.note = "waits, since the source does not say which rows there are: " + e.getMessage();
    } catch (SourceException | JournalException e) {
      memory.note = String.valueOf(e.getMessage());
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("an audit has failed", e);
      return fail(audit, "an internal error, " + e.getClass().getSimpleName() + "; the log has it");
    }
    return AuditStep.LATER;
  }

  private Duration take(StateAudit audit, AuditMemory memory)
      throws InterruptedException, AuditStep.EndedException {
    if (capture.get() instanceof CaptureState.Standby) {
      memory.note = "on standby: waits for this instance to take over";
      return AuditStep.LATER;
    }
    var entities = chunks.entities();
    if (entities == null) {
      memory.note = "capture has not begun";
      return AuditStep.LATER;
    }
    if (!entities.contains(audit.entity())) {
      throw new AuditStep.EndedException(
          "there is no entity " + audit.entity() + " in entities.yaml any more");
    }
    List<String> unreadable = rows.counts().tables().stream().map(table -> table.text()).toList();
    if (!unreadable.isEmpty()) {
      memory.note =
          "goes on without what cannot be read at present: " + String.join("; ", unreadable);
    }
    Optional<Recipient> recipient =
        settings.get().recipients().stream()
            .filter(one -> one.name().equals(audit.recipient()))
            .findFirst();
    if (recipient.isEmpty()) {
      memory.note = "waits for the recipient's file, which is not there any more";
      return AuditStep.LATER;
    }
    if (!Expectation.isWhole(recipient.get(), audit.entity())) {
      throw new AuditStep.EndedException(Expectation.notWhole(audit.recipient(), audit.entity()));
    }
    return steps.take(audit, recipient.get(), memory);
  }

  private Duration fail(StateAudit audit, String reason) throws InterruptedException {
    LOG.warn(
        "The audit of {} for recipient {} has failed: {}",
        audit.entity(),
        audit.recipient(),
        reason);
    try {
      audits.end(audit.id(), Resync.State.failed, reason);
    } catch (JournalException e) {
      LOG.debug("the journal does not take it", e);
    }
    return AuditStep.LATER;
  }

  @Override
  public void close() {
    thread.close();
    rows.close();
  }
}
