package io.rowhook.admin.metrics;

import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.rowhook.admin.RunningService;
import io.rowhook.admin.health.TemplateHealth;
import io.rowhook.journal.Resync;
import io.rowhook.template.TemplateExecutor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What is known of the journal, the templates, the settings and what is brought up to date. */
final class ServiceMeters {

  /** Resyncs that are shown each by itself; beyond, they are counted only. */
  private static final int RESYNCS = 100;

  private final MeterRegistry registry;
  private final RunningService service;
  private final MultiGauge read;
  private final MultiGauge estimated;
  private volatile JournalReading journal = JournalReading.NEVER;

  ServiceMeters(MeterRegistry registry, RunningService service) {
    this.registry = registry;
    this.service = service;
    this.read =
        MultiGauge.builder("rowhook.resync.read.entities")
            .description("Entities that a running resync has read.")
            .register(registry);
    this.estimated =
        MultiGauge.builder("rowhook.resync.estimated.entities")
            .description("About how many entities there were when a running resync began.")
            .register(registry);
    journal();
    templates();
    settings();
  }

  /** Takes what was read of the journal. */
  void show(JournalReading reading) {
    journal = reading;
    List<Resync> running = reading.resyncs().stream().limit(RESYNCS).toList();
    read.register(running.stream().map(one -> row(one, one.read())).toList(), true);
    estimated.register(running.stream().map(one -> row(one, one.estimate())).toList(), true);
  }

  private static MultiGauge.Row<?> row(Resync one, long value) {
    return MultiGauge.Row.of(
        Tags.of("recipient", one.recipient(), "entity", one.entity()), (Number) value);
  }

  private void journal() {
    reading(
        "rowhook.journal.size.bytes",
        "What the journal takes on its disk, with the files beside it.",
        reading -> reading.space().bytes());
    reading(
        "rowhook.journal.free.bytes",
        "What is free on the journal's disk.",
        reading -> reading.space().free());
    reading("rowhook.resyncs.running", "Resyncs that run.", reading -> reading.resyncs().size());
    reading(
        "rowhook.journal.reading.age.seconds",
        "How old what is shown of journal and backlogs is.",
        reading -> SourceMeters.seconds(Duration.between(reading.at(), Instant.now())));
    Gauge.builder(
            "rowhook.journal.writable", () -> service.journal().standing().isPresent() ? 0 : 1)
        .description("0 while the journal cannot be written: capture and deliveries stand still.")
        .register(registry);
    Gauge.builder(
            "rowhook.journal.behind.seconds",
            () -> SourceMeters.seconds(service.journal().sharing().unread().behind(Instant.now())))
        .description("How far the journal's file is behind what other instances have written.")
        .register(registry);
    Gauge.builder("rowhook.journal.head", () -> service.journal().head())
        .description("The newest event's sequence.")
        .register(registry);
  }

  /** NaN before the first reading. */
  private void reading(String name, String help, ToDoubleFunction<JournalReading> value) {
    Gauge.builder(
            name,
            () -> {
              JournalReading last = journal;
              return last.isThere() ? value.applyAsDouble(last) : Double.NaN;
            })
        .description(help)
        .register(registry);
  }

  private void templates() {
    FunctionTimer.builder(
            "rowhook.template",
            this,
            _ -> TemplateExecutor.cost().runs(),
            _ -> TemplateExecutor.cost().time().toNanos(),
            TimeUnit.NANOSECONDS)
        .description("Runs of templates and conditions, and what they took.")
        .register(registry);
    Gauge.builder(
            "rowhook.quarantined.templates",
            () -> TemplateHealth.quarantined(service.recipients().get()).size())
        .description("Templates and conditions that are not run any more until they are edited.")
        .register(registry);
    Gauge.builder("rowhook.lost.template.threads", TemplateExecutor::lost)
        .description("Threads that run a template without an end.")
        .register(registry);
  }

  private void settings() {
    Gauge.builder("rowhook.settings.problems", () -> service.problems().get().size())
        .description("What is wrong with the settings on disk; the last good ones are in force.")
        .register(registry);
    Gauge.builder("rowhook.kill.switch", () -> service.journal().killSwitch().isPresent() ? 1 : 0)
        .description("1 while nothing is sent to anyone.")
        .register(registry);
    Gauge.builder("rowhook.build.info", () -> 1)
        .description("The version that runs.")
        .tag("version", version())
        .tag("java", Runtime.version().toString())
        .register(registry);
  }

  private static String version() {
    @Nullable String version = ServiceMeters.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }
}
