package io.rowhook.journal;

import io.rowhook.entity.Event;
import io.rowhook.journal.JournalQueries.Exceptions;
import io.rowhook.journal.events.CommittedState;
import io.rowhook.journal.jobs.DiscardJob;
import io.rowhook.journal.jobs.ForgetJob;
import io.rowhook.journal.jobs.PendingDiscardJob;
import io.rowhook.journal.jobs.ReplayJob;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.sqlite.TimeColumns;
import io.rowhook.journal.sqlite.WriteTask;
import io.rowhook.journal.tables.DeliveryDao;
import io.rowhook.journal.tables.PauseDao;
import io.rowhook.journal.tables.ServedRecipients;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What people do to deliveries, beside the dispatchers: redeliver, replay, discard, pause, resume,
 * and the kill switch for all. Each is durable when it returns and says how many it has changed; a
 * dispatcher that is concerned must be told after it. Any thread.
 */
public final class DeliveryAdmin {

  private static final String REDELIVER =
      "INSERT INTO delivery (recipient, sequence, entity_key, state, next_at, attempts, redelivery,"
          + " asked, bytes) SELECT ?, e.sequence, ?, 'waiting', ?, 0, "
          + DeliveryDao.NEXT_REDELIVERY
          + ", 1, length(e.body) FROM event e WHERE e.sequence = ?"
          + " ON CONFLICT (recipient, sequence) DO UPDATE SET state = 'waiting',"
          + " next_at = excluded.next_at, attempts = 0, first_attempt_at = NULL,"
          + " matched = NULL, redelivery = excluded.redelivery, reason = NULL, trials = 0,"
          + " asked = 1";

  private final GroupCommitWriter writer;
  private final ReaderPool readers;
  private final CommittedState committed;
  private final ServedRecipients served;
  private final Consumer<Optional<Pause>> killSwitch;

  /**
   * @param served whom this process serves
   * @param killSwitch told, by the writer's thread, where it stands once that is durable
   */
  DeliveryAdmin(
      GroupCommitWriter writer,
      ReaderPool readers,
      CommittedState committed,
      ServedRecipients served,
      Consumer<Optional<Pause>> killSwitch) {
    this.writer = writer;
    this.readers = readers;
    this.committed = committed;
    this.served = served;
    this.killSwitch = killSwitch;
  }

  /**
   * Sends one delivery again, as soon as may be, also while its recipient is paused: with its
   * attempts counted from the start and rendered anew.
   *
   * @throws DeliveryAdminException if it is not pending for the recipient, or it is not there any
   *     more
   */
  public void redeliver(String recipient, long sequence, Instant now)
      throws DeliveryAdminException, InterruptedException {
    long number = number(recipient);
    one(sql -> {
      DeliveryPlace place = DeliveryPlace.of(sql, recipient, number, sequence);
      Long before = place.before();
      if (place.refusal() != null) {
        return place.refusal();
      }
      if (before != null) {
        return DeliveryPlace.words(recipient, sequence)
            + " waits for its turn behind "
            + before
            + " of the same entity. Redeliver or discard that one";
      }
      sql.update(
          REDELIVER,
          number,
          place.entityKey(),
          TimeColumns.micros(now),
          number,
          sequence,
          number,
          sequence,
          sequence);
      return "";
    });
  }

  /**
   * Sends again what a recipient gets of a range of events, in their order, as soon as it is not
   * held; also what it was never sent, because it was not wanted then or is older than the
   * recipient. What is pending already is left alone.
   *
   * @param failedOnly only deliveries that failed
   * @param wanted which events the recipient gets
   * @param really whether to do it, or only to count
   * @return how many deliveries
   * @throws DeliveryAdminException if there is no such recipient
   */
  public long replay(
      String recipient,
      DeliveryFilter filter,
      boolean failedOnly,
      Predicate<Event> wanted,
      boolean really)
      throws DeliveryAdminException, InterruptedException {
    return new ReplayJob(writer, readers, number(recipient), filter, failedOnly, wanted)
        .run(committed.head(), really);
  }

  /**
   * Lets one delivery go: it ends failed, "discarded by a person", and goes with its event when
   * that is old. It can be redelivered until then.
   *
   * @throws DeliveryAdminException if there is nothing to let go
   */
  public void discard(String recipient, long sequence)
      throws DeliveryAdminException, InterruptedException {
    long number = number(recipient);
    one(sql -> {
      DeliveryPlace place = DeliveryPlace.of(sql, recipient, number, sequence);
      if (place.refusal() != null) {
        boolean pending = PendingDiscardJob.discard(sql, number, sequence, place.entityKey()) == 1;
        return pending ? "" : place.refusal();
      }
      return sql.update(DiscardJob.DISCARD, number, sequence) == 1
          ? ""
          : DeliveryPlace.words(recipient, sequence)
              + " is "
              + (place.stands() ? "discarded already" : "delivered: there is nothing to discard");
    });
  }

  /**
   * Discards what a recipient was never sent yet, of what it gets of a range of events.
   *
   * @param wanted which events the recipient gets
   * @param really whether to do it, or only to count
   * @return how many deliveries
   * @throws DeliveryAdminException if there is no such recipient
   */
  public long discardPending(
      String recipient, DeliveryFilter filter, Predicate<Event> wanted, boolean really)
      throws DeliveryAdminException, InterruptedException {
    return new PendingDiscardJob(writer, readers, number(recipient), filter, wanted)
        .run(committed.head(), really);
  }

  /**
   * Forgets a recipient, with all that waits for it: a file of its name begins anew. Nobody may
   * serve it any more.
   *
   * @throws DeliveryAdminException if there is no such recipient
   */
  public void forget(String recipient) throws DeliveryAdminException, InterruptedException {
    if (!new ForgetJob(writer, served).forget(recipient)) {
      throw new DeliveryAdminException("the journal has no recipient '" + recipient + "'");
    }
  }

  /**
   * Lets all go that waits, is blocked or failed, as {@link #discard(String, long)} does.
   *
   * @param really whether to do it, or only to count
   * @return how many deliveries
   * @throws DeliveryAdminException if there is no such recipient
   */
  public long discard(
      String recipient, DeliveryFilter filter, Set<Exceptions> states, boolean really)
      throws DeliveryAdminException, InterruptedException {
    return new DiscardJob(writer, readers, number(recipient), filter, states).run(really);
  }

  /**
   * Pauses a recipient until a person resumes it, whatever pauses it already.
   *
   * @return whether it was not paused by a person before
   */
  public boolean pause(String recipient, String reason, Instant now)
      throws DeliveryAdminException, InterruptedException {
    long number = number(recipient);
    return writer.write(
        WriteTask.urgent(sql -> {
          boolean paused =
              PauseDao.of(sql, number).filter(by -> by.kind() == Pause.Kind.person).isPresent();
          if (!paused) {
            PauseDao.hold(sql, number, Pause.untilResumed(Pause.Kind.person, now, reason));
          }
          return !paused;
        }));
  }

  /**
   * Ends what pauses a recipient: a person's pause, one after failures, a 410, an exhausted
   * delivery. What failed before does not count any more.
   *
   * @return whether anything paused it
   */
  public boolean resume(String recipient, Instant now)
      throws DeliveryAdminException, InterruptedException {
    long number = number(recipient);
    return writer.write(
        WriteTask.urgent(sql -> {
          boolean held = PauseDao.of(sql, number).isPresent();
          PauseDao.resume(sql, number, now);
          return held;
        }));
  }

  /**
   * Sets the kill switch: nothing is sent to anyone until it is cleared.
   *
   * @return whether it was not set before
   */
  public boolean setKillSwitch(String reason, Instant now) throws InterruptedException {
    Pause pause = Pause.untilResumed(Pause.Kind.person, now.truncatedTo(ChronoUnit.MICROS), reason);
    return writer.write(
        WriteTask.urgent(
            sql -> PauseDao.setKillSwitch(sql, pause),
            set -> {
              if (set) {
                killSwitch.accept(Optional.of(pause));
              }
            }));
  }

  /**
   * Clears the kill switch.
   *
   * @return whether it was set
   */
  public boolean clearKillSwitch() throws InterruptedException {
    return writer.write(
        WriteTask.urgent(
            PauseDao::clearKillSwitch, cleared -> killSwitch.accept(Optional.empty())));
  }

  /** Done if it answers nothing; else refused in these words. */
  private void one(WriteTask.Action<String> action)
      throws DeliveryAdminException, InterruptedException {
    String refusal = writer.write(WriteTask.urgent(action));
    if (!refusal.isEmpty()) {
      throw new DeliveryAdminException(refusal);
    }
  }

  private long number(String recipient) throws DeliveryAdminException {
    return readers
        .read(sql ->
            sql.first("SELECT id FROM recipient WHERE name = ?", row -> row.getLong(1), recipient))
        .orElseThrow(
            () -> new DeliveryAdminException("the journal has no recipient '" + recipient + "'"));
  }
}
