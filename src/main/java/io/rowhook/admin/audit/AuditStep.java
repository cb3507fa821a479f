package io.rowhook.admin.audit;

import io.rowhook.admin.audit.AuditSettling.Settled;
import io.rowhook.entity.EntityReader;
import io.rowhook.entity.Event;
import io.rowhook.journal.Difference;
import io.rowhook.journal.Difference.Kind;
import io.rowhook.journal.Difference.Why;
import io.rowhook.journal.Held;
import io.rowhook.journal.Resync;
import io.rowhook.journal.StateAudit;
import io.rowhook.journal.StateAudit.Phase;
import io.rowhook.journal.StateAudit.Progress;
import io.rowhook.journal.StateAudits;
import io.rowhook.recipient.Recipient;
import io.rowhook.template.TemplateLookup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One turn of an audit: the next entities of its phase. What it has found is durable with how far
 * it is, so that it goes on there after a kill. The thread of {@link AuditRunner}.
 */
final class AuditStep {

  /** Entities of the source that are read at once. */
  private static final int PAGE = 1_000;

  /** Ids of what a recipient has that are looked at, at once. */
  private static final int IDS = 2_000;

  /** Suspects that are looked at again at once. */
  private static final int SUSPECTS = 200;

  static final Duration AT_ONCE = Duration.ZERO;

  /** Where something has to change first. */
  static final Duration LATER = Duration.ofSeconds(2);

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final StateAudits audits;
  private final EntityReader reader;
  private final TemplateLookup sets;
  private final AuditSettling settling;
  private final Runnable mended;

  /**
   * @param mended is told that a resync has begun
   */
  AuditStep(StateAudits audits, EntityReader reader, TemplateLookup sets, Runnable mended) {
    this.audits = audits;
    this.reader = reader;
    this.sets = sets;
    this.settling = new AuditSettling(audits, reader);
    this.mended = mended;
  }

  /** It cannot go on. */
  static final class EndedException extends Exception {
    private static final long serialVersionUID = 1;

    EndedException(String reason) {
      super(reason);
    }
  }

  /**
   * Goes on.
   *
   * @return after which time it may have its next turn
   * @throws EndedException if it cannot
   * @throws io.rowhook.capture.RowLookup.RefusedException if the source refuses it
   * @throws io.rowhook.capture.SourceException if the source cannot be reached
   */
  Duration take(StateAudit audit, Recipient recipient, AuditMemory memory)
      throws InterruptedException, EndedException {
    Expectation expected = new Expectation(recipient, sets, audit.entity());
    return switch (audit.progress().phase()) {
      case source -> source(audit, expected);
      case recipient -> recipient(audit);
      case doubtful -> doubtful(audit);
      case settling -> settle(audit, expected, memory);
      case ended -> AT_ONCE;
    };
  }

  private Duration source(StateAudit audit, Expectation expected)
      throws InterruptedException, EndedException {
    long begin = System.nanoTime();
    Progress progress = audit.progress();
    int limit = Math.clamp(audit.rate(), 1, PAGE);
    EntityReader.Page page = reader.next(audit.entity(), progress.lastKey(), limit);
    if (progress.lastKey() != null && !progress.shape().equals(page.shape())) {
      throw new EndedException(
          "its table or its key is another than when it began, so nobody can tell which entities"
              + " are left. Begin it anew");
    }
    List<String> ids = page.found().stream().map(one -> one.event().entityId()).toList();
    Map<String, Held> held = held(audit, ids);
    List<Difference> suspects = new ArrayList<>();
    long has = 0;
    long outside = 0;
    for (EntityReader.Found one : page.found()) {
      Event now = one.event();
      Held of = held.getOrDefault(now.entityId(), Held.NOTHING);
      if (of.there()) {
        has++;
        progress.buckets().take(now.entityId());
      }
      if (!expected.wants(now)) {
        outside++;
      } else if (expected.judge(now, of) != Expectation.Verdict.SAME) {
        suspects.add(suspect(now.entityId(), one.key()));
      }
    }
    checkFew(audit, suspects.size());
    Progress further =
        new Progress(
            Phase.source,
            page.last(),
            page.shape(),
            progress.read() + page.found().size(),
            progress.has() + has,
            progress.outside() + outside,
            progress.unread() + page.unread(),
            progress.buckets());
    Phase next = expected.isToldOfEnds() ? Phase.recipient : Phase.settling;
    audits.move(audit.id(), page.atEnd() ? further.to(next) : further, suspects, List.of());
    long due = page.found().size() * SECOND / Math.max(1, audit.rate());
    return Duration.ofNanos(Math.max(0, due - (System.nanoTime() - begin)));
  }

  private Map<String, Held> held(StateAudit audit, List<String> ids) throws EndedException {
    return audits
        .held(audit.recipient(), audit.entity(), ids)
        .orElseThrow(() ->
            new EndedException(
                "the journal does not know recipient " + audit.recipient() + ": nothing was sent"));
  }

  private static Difference suspect(String id, String key) {
    return new Difference(id, key, Kind.suspect, Why.open);
  }

  private static void checkFew(StateAudit audit, int more) throws EndedException {
    long all = audit.counts().getOrDefault(Kind.suspect, 0L) + more;
    if (all > StateAudit.MOST) {
      throw new EndedException(
          "more than %,d entities differ. Bring the recipient up to date first: rowhook resync %s %s"
              .formatted(StateAudit.MOST, audit.recipient(), audit.entity()));
    }
  }

  private Duration recipient(StateAudit audit) throws InterruptedException, EndedException {
    Progress progress = audit.progress();
    StateAudits.Ids page = ids(audit, IDS);
    page.there().forEach(progress.buckets()::add);
    if (page.ids().size() == IDS) {
      audits.move(audit.id(), progress.at(page.ids().getLast()), List.of(), List.of());
    } else {
      Phase next = progress.buckets().allEqual() ? Phase.settling : Phase.doubtful;
      audits.move(audit.id(), progress.to(next), List.of(), List.of());
    }
    return AT_ONCE;
  }

  private StateAudits.Ids ids(StateAudit audit, int limit) throws EndedException {
    String after = audit.progress().lastKey();
    return audits
        .there(audit.recipient(), audit.entity(), after == null ? "" : after, limit)
        .orElseThrow(() ->
            new EndedException("the journal knows recipient " + audit.recipient() + " no more"));
  }

  private Duration doubtful(StateAudit audit) throws InterruptedException, EndedException {
    Progress progress = audit.progress();
    StateAudits.Ids page = ids(audit, IDS);
    List<String> doubtful =
        page.there().stream().filter(id -> !progress.buckets().equal(id)).toList();
    List<Difference> suspects = new ArrayList<>();
    if (!doubtful.isEmpty()) {
      Set<String> existing = reader.existing(audit.entity(), doubtful);
      for (String id : doubtful) {
        if (!existing.contains(id)) {
          String key = reader.key(audit.entity(), id).orElse(null);
          suspects.add(new Difference(id, key, Kind.suspect, Why.open));
        }
      }
    }
    checkFew(audit, suspects.size());
    boolean more = page.ids().size() == IDS;
    audits.move(
        audit.id(),
        more ? progress.at(page.ids().getLast()) : progress.to(Phase.settling),
        suspects,
        List.of());
    return AT_ONCE;
  }

  private Duration settle(StateAudit audit, Expectation expected, AuditMemory memory)
      throws InterruptedException {
    Progress progress = audit.progress();
    String after = progress.lastKey();
    List<Difference> suspects = audits.suspects(audit.id(), after == null ? "" : after, SUSPECTS);
    if (suspects.isEmpty()) {
      end(audit);
      return AT_ONCE;
    }
    Optional<Settled> settled = settling.settle(audit, expected, suspects, memory.patient);
    if (settled.isEmpty()) {
      memory.note = "waits for capture, which is behind the source";
      return LATER;
    }
    List<Difference> differences = settled.get().differences();
    memory.patient = differences.stream().noneMatch(one -> one.kind() == Kind.pending);
    Progress further =
        new Progress(
            Phase.settling,
            suspects.getLast().id(),
            "",
            progress.read(),
            progress.has(),
            progress.outside(),
            progress.unread() + settled.get().unread(),
            progress.buckets());
    audits.move(audit.id(), further, differences, settled.get().equal());
    return AT_ONCE;
  }

  private void end(StateAudit audit) throws InterruptedException {
    Progress ended = audit.progress().to(Phase.ended);
    if (!audit.repair()) {
      audits.move(audit.id(), ended, List.of(), List.of());
    } else if (audits.mend(audit, ended, Resync.DEFAULT_RATE).isPresent()) {
      mended.run();
    }
  }
}
