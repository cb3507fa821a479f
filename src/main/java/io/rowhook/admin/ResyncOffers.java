package io.rowhook.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.cli.ResyncLine;
import io.rowhook.base.Json;
import io.rowhook.capture.Checkpoints;
import io.rowhook.capture.Checkpoints.Gap;
import io.rowhook.capture.MissedRange;
import io.rowhook.capture.TableId;
import io.rowhook.capture.UnreadWatch;
import io.rowhook.entity.CapturePlan;
import io.rowhook.entity.EntityType;
import io.rowhook.journal.JournalException;
import io.rowhook.journal.Resync;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Subscription;
import io.rowhook.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which recipients may have missed something of which entities, and the command that brings each up
 * to date: after a gap that was accepted, where the source could not send a table's changes, or
 * rows of it could not be read back. Until it is done, or so long ago that it is known. Each is
 * said in the log once, by a daemon thread of its own. Any thread.
 */
public final class ResyncOffers implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ResyncOffers.class);
  private static final Duration KNOWN_AFTER = Duration.ofDays(30);
  private static final int MOST_MISSED = 100;
  private static final int MOST_RESYNCS = 10_000;
  private static final Duration LOOK = Duration.ofSeconds(5);

  private final SqliteJournal journal;
  private final Supplier<Settings> settings;
  private final UnreadWatch unread;
  private final Thread thread = Thread.ofPlatform().daemon().name("offers").unstarted(this::watch);
  private Set<String> told = Set.of(); // at the last look; the thread's, once it has started
  private volatile List<Offer> last = List.of();

  /** Looks at nothing yet; {@code unread} is looked at by the thread alone. */
  public ResyncOffers(SqliteJournal journal, Supplier<Settings> settings, UnreadWatch unread) {
    this.journal = journal;
    this.settings = settings;
    this.unread = unread;
  }

  /**
   * An offer.
   *
   * @param since when it was noticed that something may be missing
   * @param wants whether a subscription of the recipient wants Snapshots, as is needed
   */
  public record Offer(String recipient, String entity, Instant since, boolean wants) {

    public String command() {
      return "rowhook resync " + recipient + " " + entity;
    }

    ObjectNode json() {
      return Json.MAPPER
          .createObjectNode()
          .put("recipient", recipient)
          .put("entity", entity)
          .put("since", since.toString())
          .put("wantsSnapshots", wants)
          .put("command", command());
    }
  }

  /** Says in the log from now on what is to be done of what has been noticed since an instant. */
  public void start(Instant since) {
    unread.start();
    told =
        all().stream()
            .filter(one -> one.since().isBefore(since))
            .map(Offer::command)
            .collect(Collectors.toSet());
    announce();
    thread.start();
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(LOOK);
        try {
          announce();
        } catch (JournalException e) {
          LOG.debug("what may be missing", e); // looked at again
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closing
    }
  }

  private void announce() {
    unread.look();
    List<Offer> all = all();
    List<Offer> offers = all.stream().filter(one -> !told.contains(one.command())).toList();
    told = all.stream().map(Offer::command).collect(Collectors.toSet());
    if (!offers.isEmpty()) {
      LOG.warn(
          "Bring recipients up to date with what may be missing; rowhook status lists it until it"
              + " is done:{}",
          offers.stream()
              .map(one -> "\n  " + ResyncLine.offer(one.json()))
              .collect(Collectors.joining()));
    }
  }

  /** All there were when it was last looked. Never waits. */
  public List<Offer> last() {
    return last;
  }

  /** What is to be done of these, a line each. */
  public List<String> lines() {
    return last.stream().map(one -> ResyncLine.offer(one.json())).toList();
  }

  /** Where changes may be missing that somebody still has to be brought up to date with. */
  List<MissedRange> missed(int limit) {
    Set<String> entities = all().stream().map(Offer::entity).collect(Collectors.toSet());
    if (entities.isEmpty()) {
      return List.of();
    }
    Set<TableId> tables =
        settings.get().entities().stream()
            .filter(entity -> entities.contains(entity.name()))
            .flatMap(entity -> CapturePlan.tables(entity).stream())
            .collect(Collectors.toSet());
    return ranges(Instant.now().minus(KNOWN_AFTER)).stream()
        .filter(range -> tables.contains(range.table()))
        .limit(limit)
        .toList();
  }

  /** All there are, by recipient. */
  public List<Offer> all() {
    last = look();
    return last;
  }

  /** Those that have not ended first, then the newest. */
  private List<MissedRange> ranges(Instant earliest) {
    return Stream.concat(unread.open().stream(), journal.missed(MOST_MISSED).stream())
        .filter(range -> range.noticedAt().isAfter(earliest))
        .toList();
  }

  private List<Offer> look() {
    Instant earliest = Instant.now().minus(KNOWN_AFTER);
    Optional<Instant> gap =
        new Checkpoints(journal).acceptedGap().map(Gap::at).filter(earliest::isBefore);
    List<MissedRange> missed = ranges(earliest);
    if (gap.isEmpty() && missed.isEmpty()) {
      return List.of();
    }
    Settings now = settings.get();
    List<Resync> resyncs = journal.resyncs().newest(MOST_RESYNCS);
    Map<String, Instant> since = new LinkedHashMap<>(); // by entity
    for (EntityType entity : now.entities()) {
      since(entity, gap, missed).ifPresent(at -> since.put(entity.name(), at));
    }
    List<Offer> offers = new ArrayList<>();
    for (Recipient recipient : now.recipients()) {
      Instant known = journal.resyncs().knownSince(recipient.name()).orElse(Instant.MAX);
      since.forEach((entity, at) -> {
        if (known.isBefore(at) // a newer one has missed nothing
            && recipient.subscriptions().stream().map(Subscription::entity).anyMatch(entity::equals)
            && resyncs.stream().noneMatch(one -> answers(one, recipient, entity, at))) {
          boolean wants = ResyncActions.wants(recipient, entity);
          offers.add(new Offer(recipient.name(), entity, at, wants));
        }
      });
    }
    return offers;
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      if (thread.getState() != Thread.State.NEW) {
        thread.join(LOOK);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean answers(Resync one, Recipient recipient, String entity, Instant since) {
    return one.recipient().equals(recipient.name())
        && one.entity().equals(entity)
        && one.condition().isEmpty()
        && (one.state() == Resync.State.running || one.state() == Resync.State.done)
        && one.beganAt().isAfter(since);
  }

  private static Optional<Instant> since(
      EntityType entity, Optional<Instant> gap, List<MissedRange> missed) {
    Set<TableId> tables = CapturePlan.tables(entity);
    Optional<Instant> newest =
        missed.stream()
            .filter(range -> tables.contains(range.table()))
            .map(MissedRange::noticedAt)
            .max(Instant::compareTo);
    return newest.isPresent() && gap.isPresent()
        ? Optional.of(newest.get().isAfter(gap.get()) ? newest.get() : gap.get())
        : newest.or(() -> gap);
  }
}
