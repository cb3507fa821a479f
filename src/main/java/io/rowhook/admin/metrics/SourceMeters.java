package io.rowhook.admin.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.rowhook.admin.RunningService;
import io.rowhook.capture.CaptureState;
import io.rowhook.capture.SlotStatus;
import io.rowhook.entity.EntityMetrics;
import java.time.Duration;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** What is known of the source and of what came from it; all of it is in memory. */
final class SourceMeters {

  /** Where capture stands; one of these holds. */
  enum Condition {
    starting,
    streaming,
    standby,
    stalled,
    waiting,
    stopped;

    static Condition of(CaptureState state) {
      return switch (state) {
        case CaptureState.Starting _ -> starting;
        case CaptureState.Streaming _ -> streaming;
        case CaptureState.Standby _ -> standby;
        case CaptureState.Stalled _ -> stalled;
        case CaptureState.Waiting _ -> waiting;
        case CaptureState.Stopped _ -> stopped;
      };
    }
  }

  private final MeterRegistry registry;
  private final RunningService service;

  private SourceMeters(MeterRegistry registry, RunningService service) {
    this.registry = registry;
    this.service = service;
  }

  static void bind(MeterRegistry registry, RunningService service) {
    SourceMeters meters = new SourceMeters(registry, service);
    meters.state();
    meters.log();
    meters.changes();
    meters.readBack();
  }

  private void state() {
    for (Condition condition : Condition.values()) {
      Gauge.builder(
              "rowhook.capture.state",
              () -> Condition.of(service.capture().get()) == condition ? 1 : 0)
          .description("1 for the state that capture is in, 0 for the others.")
          .tag("state", condition.name())
          .register(registry);
    }
    Gauge.builder("rowhook.unread.tables", () -> service.unread().get().size())
        .description("Tables whose rows, or columns of them, cannot be read back at present.")
        .register(registry);
    Gauge.builder("rowhook.resyncs.due", () -> service.resyncs().due())
        .description("Entities of recipients that may lack changes until they are resynced.")
        .register(registry);
    Gauge.builder("rowhook.suspended.tables", () -> service.suspended().get().size())
        .description("Captured tables whose row changes cannot be told at present.")
        .register(registry);
  }

  private void log() {
    slot(
        "rowhook.source.lag.bytes",
        "Log of the source that is not confirmed as journaled yet.",
        SlotStatus::behindBytes);
    slot(
        "rowhook.source.lag.seconds",
        "How long ago the oldest of the log was written that is not confirmed as journaled yet.",
        slot -> seconds(slot.trend().behind()));
    slot(
        "rowhook.source.retained.log.bytes",
        "Log that the source keeps for Rowhook's replication slot.",
        SlotStatus::retainedBytes);
    slot(
        "rowhook.source.log.left.bytes",
        "How much more log may be written before the slot is lost; NaN where nothing limits it.",
        slot -> slot.safeBytes() == null ? Double.NaN : slot.safeBytes());
    slot(
        "rowhook.source.slot.active",
        "Whether a client streams from the slot.",
        slot -> slot.active() ? 1 : 0);
    slot(
        "rowhook.source.slot.at.risk",
        "Whether the slot, or the source's disk, is in danger.",
        slot -> slot.risk().isPresent() ? 1 : 0);
    slot(
        "rowhook.source.last.look.timestamp.seconds",
        "When the slot was looked at last; what is said of the source's log is as of then.",
        slot -> slot.at().toEpochMilli() / 1000.0);
  }

  /** Of the slot as of the last look; NaN before the first. */
  private void slot(String name, String help, ToDoubleFunction<SlotStatus> value) {
    Gauge.builder(name, () -> service.slot().get().map(value::applyAsDouble).orElse(Double.NaN))
        .description(help)
        .register(registry);
  }

  private void changes() {
    count("rowhook.row.changes", "Row changes that came, replayed ones too.", EntityMetrics::rows);
    count("rowhook.transactions", "Transactions published.", EntityMetrics::transactions);
    count(
        "rowhook.duplicate.transactions",
        "Transactions that came again and were in the journal already.",
        EntityMetrics::duplicates);
    count(
        "rowhook.unchanged.entities",
        "Entities touched by a transaction that changed nothing that is mapped.",
        EntityMetrics::unchanged);
    count(
        "rowhook.rejected.rows",
        "Row changes that no event could be made of.",
        EntityMetrics::rejected);
    count(
        "rowhook.muted.transactions",
        "Transactions that asked for no events.",
        counts -> counts.muted().map(EntityMetrics.Muted::count).orElse(0L));
    count(
        "rowhook.ignored.messages",
        "What transactions said to Rowhook that could not be used.",
        EntityMetrics::ignoredMessages);
  }

  private void count(String name, String help, ToLongFunction<EntityMetrics> value) {
    FunctionCounter.builder(name, service.counts(), value::applyAsLong)
        .description(help)
        .register(registry);
  }

  private void readBack() {
    FunctionCounter.builder(
            "rowhook.read.back.statements", service, of -> of.rows().get().statements())
        .description("Statements that read rows of parts and references from the source.")
        .register(registry);
    FunctionCounter.builder("rowhook.read.back.rows", service, of -> of.rows().get().rows())
        .description("Rows of parts and references that were read from the source.")
        .register(registry);
    FunctionCounter.builder(
            "rowhook.read.back.seconds", service, of -> seconds(of.rows().get().time()))
        .description("Time spent in reading them.")
        .register(registry);
    FunctionCounter.builder(
            "rowhook.read.back.unread.keys", service, of -> of.rows().get().unread())
        .description("Keys whose rows could not be read.")
        .register(registry);
  }

  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
