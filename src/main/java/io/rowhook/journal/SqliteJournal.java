package io.rowhook.journal;

import io.rowhook.capture.Epoch;
import io.rowhook.capture.MissedRange;
import io.rowhook.capture.Position;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.ResyncProgress;
import io.rowhook.entity.SpilledChanges;
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
import io.rowhook.journal.jobs.ForgetJob;
import io.rowhook.journal.jobs.OrphanSweeper;
import io.rowhook.journal.jobs.RetentionSweeper;
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
import io.rowhook.journal.tables.InstanceDao;
import io.rowhook.journal.tables.PauseDao;
import io.rowhook.journal.tables.RecipientDao;
import io.rowhook.journal.tables.RecipientNumbers;
import io.rowhook.journal.tables.ServedRecipients;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The journal in one SQLite file, which any SQLite tool can read, also while Rowhook runs.
 *
 * <p>One thread writes ({@link GroupCommitWriter}), a few read ({@link ReaderPool}); the newest
 * events are in memory ({@link RecentEventCache}). All of it is put together here, and nothing else
 * is done here.
 */
public final class SqliteJournal implements Journal {

  private final JournalFile file;
  private final GroupCommitWriter writer;
  private final ReaderPool readers;
  private final CommittedState committed;
  private final SpillFile spill;
  private final SqliteEventPublisher publisher;
  private final SqliteCheckpointStore checkpoints;
  private final SqliteTemplateArchive archive;
  private final RetentionSweeper sweeper;
  private final OrphanSweeper orphans;
  private final SqliteAnnouncer announcer;
  private final LeftAnnouncements left;
  private final ServedRecipients served;
  private final ErasedEvents erased = new ErasedEvents();
  private final RecipientNumbers numbers;
  private final @Nullable KafkaLog log;
  private volatile Optional<Pause> killSwitch;
  private volatile Runnable switched = () -> {}; // others have set or cleared the kill switch

  private SqliteJournal(JournalFile file, @Nullable KafkaLog log) throws SQLException {
    this.file = file;
    this.log = log;
    served = log == null ? ServedRecipients.ALL : log;
    numbers = log == null ? RecipientNumbers.ALONE : KafkaLog.numbers();
    SqliteErrorTranslator errors = file.errors();
    killSwitch = PauseDao.killSwitch(file.writer());
    committed = new CommittedState(EpochDao.newest(file.writer()));
    writer = new GroupCommitWriter(file.writer(), errors, log == null ? CommitLog.NONE : log);
    readers = new ReaderPool(file, writer::stopForGood);
    spill = new SpillFile(file);
    publisher = new SqliteEventPublisher(writer, spill, committed, errors);
    checkpoints = new SqliteCheckpointStore(writer, readers, committed);
    archive = new SqliteTemplateArchive(writer, readers);
    sweeper = new RetentionSweeper(writer, committed, served);
    orphans = new OrphanSweeper(writer, readers, served);
    announcer = new SqliteAnnouncer(writer, committed, errors);
    left = new LeftAnnouncements(announcer, readers, this::captures);
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

  public static SqliteJournal open(Path path, SchemaMigrations schemaMigrations) {
    JournalFile file = JournalFile.open(path, schemaMigrations);
    try {
      SqliteJournal journal = new SqliteJournal(file, null);
      journal.writer.start();
      return journal;
    } catch (SQLException e) {
      file.close();
      throw file.errors().of(e);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Opens a journal whose file follows what stands in Kafka, and brings the file up to it. It can
   * be read then; written only what {@link #share} says is this process's.
   *
   * @throws JournalException as {@link #open(Path)}; or if Kafka cannot be reached, or does not
   *     belong to the file
   */
  public static SqliteJournal open(Path path, KafkaSettings kafka) throws InterruptedException {
    JournalFile file = JournalFile.open(path, SchemaMigrations.CURRENT);
    try {
      KafkaLog log = KafkaLog.open(file.writer(), kafka);
      SqliteJournal journal = new SqliteJournal(file, log);
      journal.writer.start();
      try {
        log.follow(journal.writer, journal::followed);
        return journal;
      } catch (RuntimeException | InterruptedException e) {
        journal.close();
        throw e;
      }
    } catch (SQLException e) {
      file.close();
      throw file.errors().of(e);
    } catch (RuntimeException | InterruptedException e) {
      file.close(); // once more does no harm
      throw e;
    }
  }

  /** Others have written rows of these tables; the writer's thread. */
  private void followed(Set<String> tables) {
    try {
      if (tables.contains("epoch")) {
        committed.followed(EpochDao.newest(file.writer()));
      }
      if (tables.contains("kill_switch")) {
        killSwitch = PauseDao.killSwitch(file.writer());
        switched.run();
      }
      if (tables.contains("announcement")) {
        left.look();
      }
    } catch (SQLException e) {
      throw file.errors().of(e);
    }
  }

  /**
   * Takes this process's share of the work, where several share it: from now on the listener is
   * told what that is. Once.
   *
   * @param capture whether it may be the one that captures
   * @param deliver whether it serves recipients
   */
  public void share(boolean capture, boolean deliver, ShareListener listener) {
    if (log == null) {
      throw new IllegalStateException("a journal that is its file alone is not shared");
    }
    switched = listener::maySend;
    left.start();
    log.share(writer, capture, deliver, listener);
  }

  /** Gives its share back, so that others take it at once. */
  public void leave() {
    if (log != null) {
      log.leave();
    }
  }

  /** Whether several processes share it. */
  public boolean isShared() {
    return log != null;
  }

  /** Whether this process serves a recipient now. Any thread. */
  public boolean serves(String recipient) {
    return served.has(recipient);
  }

  /** Whether this process captures now, or does not know of others. Any thread. */
  public boolean captures() {
    return log == null || log.captures();
  }

  /** This process, as others that share the journal know it; empty: it is not shared. */
  public Optional<Instance> instance() {
    return Optional.ofNullable(log).map(KafkaLog::instance);
  }

  /** Who serves a recipient, as was heard last; empty: nobody has yet, or it is not shared. */
  public Optional<Instance> server(String recipient) {
    return servers().apply(recipient);
  }

  /** The same for any recipient, as of now. */
  public Function<String, Optional<Instance>> servers() {
    Map<Integer, Instance> servers = readers.read(InstanceDao::servers);
    return recipient -> Optional.ofNullable(servers.get(numbers.partition(recipient)));
  }

  /** Who serves recipients, and who captures, as was heard last, each once; of a shared journal. */
  public Collection<Instance> instances() {
    Map<String, Instance> byName = new TreeMap<>();
    readers.read(InstanceDao::servers).values().forEach(one -> byName.put(one.name(), one));
    capturing().ifPresent(one -> byName.put(one.name(), one));
    return byName.values();
  }

  /** Who captures, as was heard last; empty: nobody has yet, or it is not shared. */
  public Optional<Instance> capturing() {
    return readers.read(InstanceDao::capturing);
  }

  @Override
  public boolean maySend() {
    return log == null || log.maySend();
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
    return new AuditLog(writer, readers);
  }

  /** What people do to it. */
  public DeliveryAdmin deliveryAdmin() {
    return new DeliveryAdmin(writer, readers, committed, served, pause -> killSwitch = pause);
  }

  /** What removes all that it has of an entity. */
  public Erasure erasure() {
    return new Erasure(file, writer, readers, committed, erased);
  }

  @Override
  public void stage(Collection<NetChange> changes, BinaryOperator<NetChange> merge) {
    publisher.stage(changes, merge);
  }

  @Override
  public void discard() throws InterruptedException {
    publisher.discard();
  }

  @Override
  public void discardStaged() throws InterruptedException {
    publisher.discardStaged();
  }

  @Override
  public void publish(Transaction transaction, List<Event> events, List<RejectedRow> rejected) {
    publisher.publish(transaction, events, rejected);
  }

  @Override
  public void publishChunk(Transaction transaction, List<Event> events, ResyncProgress progress) {
    publisher.publishChunk(transaction, events, progress);
  }

  /**
   * Publishes what Rowhook tells of itself; see {@link SqliteAnnouncer#publish}. Where another
   * instance captures, it is left to that one. Any thread.
   */
  public boolean announce(List<Event> events) throws InterruptedException {
    if (captures()) {
      return announcer.publish(events);
    }
    announcer.leave(events);
    return true;
  }

  /** What brings recipients up to date. */
  public Resyncs resyncs() {
    return new Resyncs(writer, readers, committed, numbers);
  }

  @Override
  public SpilledChanges staged() {
    return publisher.staged();
  }

  @Override
  public void append(Transaction transaction, List<Event> events) throws InterruptedException {
    publisher.append(transaction, events);
  }

  @Override
  public void publishStaged(Transaction transaction, List<RejectedRow> rejected)
      throws InterruptedException {
    publisher.publishStaged(transaction, rejected);
  }

  @Override
  public void commit() throws InterruptedException {
    publisher.commit();
  }

  @Override
  public Optional<Epoch> epoch() {
    return checkpoints.epoch();
  }

  @Override
  public Position watermark() {
    return checkpoints.watermark();
  }

  @Override
  public Optional<Transaction> last() {
    return checkpoints.last();
  }

  @Override
  public Optional<String> note(String name) {
    return checkpoints.note(name);
  }

  @Override
  public void record(Map<String, String> notes, List<MissedRange> missed) {
    checkpoints.record(notes, missed);
  }

  @Override
  public void acceptedGap(String what, Map<String, String> notes) {
    checkpoints.acceptedGap(what, notes);
  }

  @Override
  public List<MissedRange> missed(int limit) {
    return checkpoints.missed(limit);
  }

  @Override
  public void begin(Epoch epoch, Position start, Map<String, String> notes) {
    checkpoints.begin(epoch, start, notes);
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

  @Override
  public void keepAttributeSet(String hash, String name, String source) {
    archive.keepAttributeSet(hash, name, source);
  }

  @Override
  public Optional<String> attributeSet(String hash) {
    return archive.attributeSet(hash);
  }

  @Override
  public void attributeSetsInForce(Set<String> hashes) {
    archive.attributeSetsInForce(hashes);
  }

  @Override
  public Set<String> attributeSetsInForce() {
    return archive.attributeSetsInForce();
  }

  /** Notes which have a file, and says which count: they, and those without since an instant. */
  public Set<String> seen(Set<String> names, Instant now, Instant since)
      throws InterruptedException {
    Set<String> mine = names.stream().filter(served::has).collect(Collectors.toSet());
    return writer.write(WriteTask.urgent(sql -> RecipientDao.seen(sql, mine, now, since)));
  }

  /** Forgets recipients that have had no file since an instant: a new file begins anew. */
  void forgetUnseenSince(Instant instant) throws InterruptedException {
    new RemovedRecipients(this).forgetUnseenSince(instant, new ForgetJob(writer, served));
  }

  /** Removes events that nobody waits for any more; see {@link RetentionSweeper#removeSettled}. */
  public int removeSettled(Instant before, Set<String> counting, int limit)
      throws InterruptedException {
    return sweeper.removeSettled(before, counting, limit);
  }

  /**
   * Removes what the recipients that are served here have of events that are gone: where several
   * processes share the journal, whoever captures has removed these.
   */
  void removeOrphans() throws InterruptedException {
    orphans.sweep();
  }

  /** For tests in this room: writes anything at all, as its writer would. */
  public <T> T write(WriteTask.Action<T> action) throws InterruptedException {
    return writer.write(WriteTask.urgent(action));
  }

  /** Writes what is queued, then closes. Callers that still wait are refused. */
  @Override
  public void close() {
    left.close();
    if (log != null) {
      log.leave();
      log.stopFollowing();
    }
    writer.close();
    if (log != null) {
      log.close();
    }
    readers.close();
    spill.clear();
    file.close();
  }
}
