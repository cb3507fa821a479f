package io.rowhook.journal;

import io.rowhook.capture.CheckpointStore;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventPublisher;
import io.rowhook.journal.deliveries.ErasedEvents;
import io.rowhook.journal.deliveries.SqliteDeliveryStore;
import io.rowhook.journal.events.CommittedState;
import io.rowhook.journal.events.LeftAnnouncements;
import io.rowhook.journal.events.RecentEventCache;
import io.rowhook.journal.events.SpillFile;
import io.rowhook.journal.events.SqliteAnnouncer;
import io.rowhook.journal.events.SqliteCheckpointStore;
import io.rowhook.journal.events.SqliteEventPublisher;
import io.rowhook.journal.events.SqliteTemplateArchive;
import io.rowhook.journal.kafka.KafkaLog;
import io.rowhook.journal.sqlite.CommitLog;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.JournalFile;
import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.sqlite.SchemaMigrations;
import io.rowhook.journal.sqlite.SqliteErrorTranslator;
import io.rowhook.journal.sqlite.WriteTask;
import io.rowhook.journal.tables.EpochDao;
import io.rowhook.journal.tables.EventDao;
import io.rowhook.journal.tables.PauseDao;
import io.rowhook.journal.tables.RecipientNumbers;
import io.rowhook.journal.tables.ServedRecipients;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The journal in one SQLite file, which any SQLite tool can read, also while Rowhook runs.
 *
 * <p>One thread writes ({@link GroupCommitWriter}), a few read ({@link ReaderPool}); the newest
 * events are in memory ({@link RecentEventCache}). All of it is put together here, and nothing else
 * is done here.
 */
public final class SqliteJournal extends DelegatingJournal {

  private final JournalFile file;
  private final GroupCommitWriter writer;
  private final ReaderPool readers;
  private final CommittedState committed;
  private final SpillFile spill;
  private final SqliteEventPublisher publisher;
  private final SqliteCheckpointStore checkpoints;
  private final SqliteTemplateArchive archive;
  private final SqliteAnnouncer announcer;
  private final LeftAnnouncements left;
  private final Housekeeping housekeeping;
  private final ServedRecipients served;
  private final ErasedEvents erased = new ErasedEvents();
  private final RecipientNumbers numbers;
  private final Sharing sharing;
  private final CompletenessMarks completeness;
  private volatile Optional<Pause> killSwitch;

  SqliteJournal(JournalFile file, @Nullable KafkaLog log) throws SQLException {
    this.file = file;
    served = log == null ? ServedRecipients.ALL : log;
    numbers = log == null ? RecipientNumbers.ALONE : KafkaLog.numbers();
    SqliteErrorTranslator errors = file.errors();
    killSwitch = PauseDao.killSwitch(file.writer());
    committed = new CommittedState(EpochDao.newest(file.writer()));
    writer = new GroupCommitWriter(file.writer(), errors, log == null ? CommitLog.NONE : log);
    readers = new ReaderPool(file, writer::stopForGood);
    completeness = new CompletenessMarks(writer, readers, committed);
    spill = new SpillFile(file);
    publisher = new SqliteEventPublisher(writer, spill, committed, errors, log != null);
    checkpoints = new SqliteCheckpointStore(writer, readers, committed);
    archive = new SqliteTemplateArchive(writer, readers);
    sharing = new Sharing(log, numbers, writer, readers);
    announcer = new SqliteAnnouncer(writer, committed, errors);
    left = new LeftAnnouncements(announcer, readers, sharing::captures);
    housekeeping = new Housekeeping(this, writer, readers, committed, served);
  }

  /**
   * Opens a journal, or makes a new one where there is no file.
   *
   * @throws JournalException if it is in use by another Rowhook, unwritable, damaged, of a newer
   *     version, or no journal
   */
  public static SqliteJournal open(Path file) {
    return open(file, SchemaMigrations.CURRENT);
  }

  public static SqliteJournal open(Path file, SchemaMigrations schemaMigrations) {
    return JournalOpening.open(file, schemaMigrations);
  }

  /**
   * Opens a journal whose file follows what stands in Kafka, and brings the file up to it. It can
   * be read then; written only what {@link #sharing} says is this instance's.
   *
   * @throws JournalException as {@link #open(Path)}; or if Kafka cannot be reached, or does not
   *     belong to the file
   */
  public static SqliteJournal open(Path file, KafkaSettings kafka) throws InterruptedException {
    return JournalOpening.open(file, kafka);
  }

  @Override
  EventPublisher publisher() {
    return publisher;
  }

  @Override
  CheckpointStore checkpoints() {
    return checkpoints;
  }

  @Override
  TemplateArchive archive() {
    return archive;
  }

  /** Lets it be written. Returns its writer. */
  GroupCommitWriter start() {
    writer.start();
    if (sharing.isShared()) {
      left.start();
    }
    return writer;
  }

  /** Others have written rows of these tables; the writer's thread. */
  void followed(Set<String> tables) {
    try {
      if (tables.contains("epoch")) {
        committed.followed(EpochDao.newest(file.writer()));
      }
      if (tables.contains("kill_switch")) {
        killSwitch = PauseDao.killSwitch(file.writer());
        sharing.killSwitched();
      }
      if (tables.contains("announcement")) {
        left.look();
      }
    } catch (SQLException e) {
      throw file.errors().of(e);
    }
  }

  /** What of the work is this process's, where several share the journal. */
  public Sharing sharing() {
    return sharing;
  }

  @Override
  public boolean maySend() {
    return sharing.maySend();
  }

  /** What keeps the journal from being written just now, for health and status; empty: nothing. */
  public Optional<JournalException> standing() {
    return Optional.ofNullable(writer.standing());
  }

  /** How its writer gets on. Any thread; never waits. */
  public JournalPulse pulse() {
    return writer.pulse();
  }

  /** What people ask of it. */
  public JournalQueries queries() {
    return new JournalQueries(readers, committed);
  }

  /** Up to when each recipient has everything. */
  public CompletenessMarks completeness() {
    return completeness;
  }

  @Override
  public Optional<Instant> completeTo(String recipient) {
    return completeness.of(recipient).flatMap(CompletenessMarks.Mark::completeTo);
  }

  /** Deliveries that people look for. */
  public DeliverySearch search() {
    return new DeliverySearch(readers);
  }

  /** Events that people look for. */
  public EventSearch events() {
    return new EventSearch(readers);
  }

  /** Who has done what. */
  public AuditLog audit() {
    return new AuditLog(writer, readers, sharing);
  }

  /** What people do to it. */
  public DeliveryAdmin deliveryAdmin() {
    return new DeliveryAdmin(writer, readers, committed, served, pause -> killSwitch = pause);
  }

  /** What removes all that it has of an entity. */
  public Erasure erasure() {
    return new Erasure(file, writer, readers, committed, erased, sharing);
  }

  /**
   * Publishes what Rowhook tells of itself; see {@link SqliteAnnouncer#publish}. Where another
   * instance captures, it is left to that one. Any thread.
   */
  public boolean announce(List<Event> events) throws InterruptedException {
    if (sharing.captures()) {
      return announcer.publish(events);
    }
    announcer.leave(events);
    return true;
  }

  /** What brings recipients up to date. */
  public Resyncs resyncs() {
    return new Resyncs(writer, readers, committed, numbers);
  }

  /** What holds recipients against the source. */
  public StateAudits stateAudits() {
    return new StateAudits(writer, readers, committed);
  }

  @Override
  public long head() {
    return committed.head();
  }

  @Override
  public List<JournalEntry> read(long after, int limit, long maxBytes) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit: " + limit);
    }
    long head = committed.head();
    if (after >= head) {
      return List.of();
    }
    return committed
        .recentEvents()
        .read(after, limit, maxBytes)
        .orElseGet(() -> readers.read(sql -> EventDao.read(sql, after, head, limit, maxBytes)));
  }

  @Override
  public long lastBefore(Instant instant) {
    return readers.read(sql -> EventDao.lastBefore(sql, instant));
  }

  @Override
  public Optional<JournalEntry> find(String eventId) {
    return readers.read(sql -> EventDao.find(sql, eventId));
  }

  @Override
  public DeliveryStore deliveries(String recipient) {
    return SqliteDeliveryStore.open(recipient, numbers, writer, readers, erased);
  }

  @Override
  public Optional<Pause> killSwitch() {
    return killSwitch;
  }

  @Override
  public void onPublished(Runnable listener) {
    committed.onPublished(listener);
  }

  @Override
  public void noLongerOnPublished(Runnable listener) {
    committed.noLongerOnPublished(listener);
  }

  /** What removes what nobody needs any more. */
  public Housekeeping housekeeping() {
    return housekeeping;
  }

  /** For tests in this room: writes anything at all, as its writer would. */
  public <T> T write(WriteTask.Action<T> action) throws InterruptedException {
    return writer.write(WriteTask.urgent(action));
  }

  /** Writes what is queued, then closes. Callers that still wait are refused. */
  @Override
  public void close() {
    writer.drain();
    sharing.stop();
    left.close();
    writer.close();
    sharing.close();
    readers.close();
    spill.clear();
    file.close();
  }
}
