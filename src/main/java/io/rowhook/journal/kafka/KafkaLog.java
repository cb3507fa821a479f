package io.rowhook.journal.kafka;

import io.rowhook.journal.Instance;
import io.rowhook.journal.JournalException;
import io.rowhook.journal.KafkaSettings;
import io.rowhook.journal.ShareListener;
import io.rowhook.journal.Unread;
import io.rowhook.journal.kafka.FollowedLog.Identity;
import io.rowhook.journal.rows.ChangeRecorder;
import io.rowhook.journal.rows.Place;
import io.rowhook.journal.rows.RowChange;
import io.rowhook.journal.sqlite.CommitGroup;
import io.rowhook.journal.sqlite.CommitLog;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.tables.RecipientNumbers;
import io.rowhook.journal.tables.ServedRecipients;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Apache Kafka behind the journal's file. Every row that the journal keeps stands in a compacted
 * topic, by its key, before the file has it; the file is what this process has read of all of them,
 * its own rows and those of others. So any process can be asked about anything, and can take over
 * from another with what it has.
 *
 * <p>Who may write is decided by partition: one process owns the events' and captures; the
 * deliveries' are shared out among those that deliver, and a recipient's are all in one. Kafka
 * refuses the transactions of whoever has lost a partition without knowing.
 *
 * <p>Threads: the journal's writer appends; {@link Follower} has one that reads; {@link
 * GroupMember} one for each of the two groups.
 */
public final class KafkaLog implements CommitLog, ServedRecipients, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaLog.class);

  /** How long capture waits for the recipients that fall to the same process. */
  private static final Duration SERVED_FIRST = Duration.ofSeconds(5);

  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final String name;
  private final Topics topics;
  private final Clients clients;
  private final ChangeRecorder recorder;
  private final Ownership ownership = new Ownership();
  private final Lease lease = new Lease();
  private final Transactions transactions;
  private final TopicSetup setup;
  private final List<GroupMember> members = new ArrayList<>();
  private @Nullable Follower follower;
  private Runnable closing = () -> {};
  private volatile boolean delivers;

  /** The writer's thread only: what was appended last. */
  private List<RowChange> last = List.of();

  /** The writer's thread only: the partitions that it owns of those which have that. */
  private Set<TopicPartition> moved = Set.of();

  /** The writer's thread only: where its own records end. */
  private final Map<TopicPartition, Long> written;

  private KafkaLog(
      String name,
      Topics topics,
      Clients clients,
      TopicSetup setup,
      ChangeRecorder recorder,
      Map<TopicPartition, Long> positions) {
    this.name = name;
    this.topics = topics;
    this.clients = clients;
    this.setup = setup;
    this.recorder = recorder;
    written = new HashMap<>(positions);
    transactions = new Transactions(clients, ownership);
  }

  /**
   * Reaches Kafka, makes or judges the topics, and sees that the file is one that follows them; a
   * file that was a journal of its own goes into topics that are empty. Nothing is read yet. A
   * Kafka that has answered once, or whose topics the file has followed, is waited for: the
   * settings are good.
   *
   * @param sql the writer's, which is not started yet
   * @throws JournalException if Kafka cannot be reached, or file and topics do not belong together
   */
  public static KafkaLog open(SqliteSession sql, KafkaSettings settings)
      throws SQLException, InterruptedException {
    Topics topics = new Topics(settings.topicPrefix());
    String name = FollowedLog.identity(sql).map(Identity::instance).orElseGet(KafkaLog::newName);
    Clients clients = new Clients(settings, topics.prefix() + "-" + name);
    clients.check();
    TopicSetup setup = new TopicSetup(clients, topics);
    try {
      ChangeRecorder recorder = ChangeRecorder.on(sql);
      boolean known = !FollowedLog.positions(sql).isEmpty();
      LOG.info("journal: asking {} for the topics of {}", setup.where(), topics.prefix());
      while (true) {
        try {
          TopicSetup.Found found = setup.prepare();
          known = true;
          new Joining(sql, topics, clients, name, setup, found, recorder).join();
          return new KafkaLog(name, topics, clients, setup, recorder, FollowedLog.positions(sql));
        } catch (JournalException e) {
          if (!known || !(e.getCause() instanceof RetriableException)) {
            throw e;
          }
          LOG.warn("{}. Waiting for it", e.getMessage());
          sql.rollback(); // what was under way begins again
          Thread.sleep(AGAIN);
        }
      }
    } catch (SQLException | RuntimeException | InterruptedException e) {
      setup.close();
      throw e;
    }
  }

  private static String newName() {
    byte[] random = new byte[4];
    ThreadLocalRandom.current().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** How recipients are numbered in a journal that is shared. */
  public static RecipientNumbers numbers() {
    return Topics.NUMBERS;
  }

  /**
   * Reads what the file lacks, and then goes on reading. Returns when it has all that stood there
   * when it was called.
   *
   * @param applied told, by the writer's thread, of rows that others have written, once the file
   *     has them
   */
  public void follow(GroupCommitWriter writer, Consumer<Set<String>> applied)
      throws InterruptedException {
    Follower reading = new Follower(clients, topics, setup, ownership, recorder, writer, applied);
    follower = reading;
    reading.start();
    reading.awaitAll();
  }

  /**
   * Takes its share of the work from now on. Once, after {@link #follow}.
   *
   * @param capture whether it may be the one that captures
   * @param deliver whether it serves recipients
   */
  public void share(
      GroupCommitWriter writer, boolean capture, boolean deliver, ShareListener listener) {
    Follower reading = Objects.requireNonNull(follower);
    Shares shares =
        new Shares(topics, ownership, reading, writer, listener, this::has, this::instance);
    closing = shares::close;
    delivers = deliver;
    reading.onCaughtUp(shares::caughtUp);
    if (deliver) {
      member(topics.deliverGroup(), topics.deliveries(), shares).start(() -> {});
    }
    if (capture) {
      // A recipient that is new begins at the head: so before there is more.
      member(topics.captureGroup(), topics.events(), shares)
          .start(() -> {
            if (deliver) {
              shares.awaitServed(SERVED_FIRST);
            }
          });
    }
  }

  private GroupMember member(String group, String topic, Shares shares) {
    GroupMember member = new GroupMember(clients, group, topic, ownership, lease, shares);
    members.add(member);
    return member;
  }

  @Override
  public boolean has(String name) {
    return serves(Topics.NUMBERS.partition(name));
  }

  @Override
  public boolean has(long number) {
    return serves(Topics.NUMBERS.partition(number));
  }

  private boolean serves(int partition) {
    return ownership.serves(topics.deliveriesPartition(partition));
  }

  /** This process, as others know it. Any thread. */
  public Instance instance() {
    return new Instance(name, clients.settings().advertisedApi(), Instant.now());
  }

  /** Whether it may send: it is a member for sure. Any thread. */
  public boolean maySend() {
    return lease.holds(topics.deliveries());
  }

  /** Whether it is to serve recipients, and does not know that Kafka counts it in. Any thread. */
  public boolean isUnsure() {
    return delivers && !maySend();
  }

  /** Whether this process does all of the work: no other does any. Any thread. */
  public boolean doesAll() {
    return ownership
        .owned()
        .containsAll(
            topics.partitions().stream()
                .filter(partition -> !partition.topic().equals(topics.shared()))
                .toList());
  }

  /** Whether this process captures. Any thread. */
  public boolean captures() {
    return ownership.owns(topics.eventsPartition());
  }

  /** What the file does not have yet. Any thread. */
  public Unread unread() {
    return Objects.requireNonNull(follower).unread();
  }

  @Override
  public CommitGroup group() {
    return CommitGroup.OF_BROKERS;
  }

  @Override
  public boolean append(SqliteSession sql) throws SQLException {
    List<RowChange> changes = recorder.take(sql);
    if (changes.isEmpty()) {
      return false;
    }
    Map<TopicPartition, Long> fenced = new HashMap<>();
    for (RowChange change : changes) {
      if (change.table().place() != Place.SHARED) {
        fenced.computeIfAbsent(topics.of(change), one -> written.getOrDefault(one, 0L));
      }
    }
    Map<TopicPartition, Long> next;
    try {
      next = transactions.write(changes.stream().map(topics::record).toList(), fenced);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the journal's writer", e);
    }
    written.putAll(next);
    last = changes;
    moved = fenced.keySet();
    move(sql);
    return true;
  }

  @Override
  public void repeat(SqliteSession sql) throws SQLException {
    recorder.apply(sql, last);
    move(sql);
  }

  /** The file has what it has appended: it is read on from behind that when others own it. */
  private void move(SqliteSession sql) throws SQLException {
    for (TopicPartition partition : moved) {
      FollowedLog.move(sql, partition, Offsets.of(written, partition));
    }
  }

  /** Gives back what it owns, so that others have it at once. The writer still works. */
  public void leave() {
    List<Thread> leaving =
        members.stream().map(member -> Thread.ofVirtual().start(member::close)).toList();
    try {
      for (Thread thread : leaving) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    members.clear();
    closing.run();
  }

  /** Reads no more. The writer still works. */
  public void stopFollowing() {
    transactions.closing();
    Follower reading = follower;
    if (reading != null) {
      reading.close();
    }
  }

  /** After the writer has ended. */
  @Override
  public void close() {
    transactions.close();
    setup.close();
  }
}
