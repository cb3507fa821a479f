package io.rowhook.admin.metrics;

import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.rowhook.admin.PublicationListener;
import io.rowhook.admin.RunningService;
import io.rowhook.admin.TraceContext;
import io.rowhook.entity.EntityType;
import io.rowhook.entity.Event;
import io.rowhook.webhook.DeliveryListener;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the service counts and measures, as Prometheus reads it. What happens often is counted where
 * it happens, by an addition or two; all else is looked at when it is scraped, from memory, or from
 * the journal at most every few seconds.
 *
 * <p>Labels are names from the settings and words from a closed list: so there are as many series
 * as recipients and entities allow, whatever happens. Any thread.
 */
public final class Metrics implements AutoCloseable {

  /**
   * What a scrape is answered with.
   *
   * @param contentType with version and charset
   */
  public record Exposition(String contentType, String text) {}

  /**
   * Exemplars on buckets and counters alone, as OpenMetrics has it: Micrometer's default puts them
   * on {@code _count} too, and Prometheus before 2.43 refuses the whole scrape for that.
   */
  private static final PrometheusConfig CONFIG =
      new PrometheusConfig() {
        @Override
        public @Nullable String get(String key) {
          return null;
        }

        @Override
        public Properties prometheusProperties() {
          return new Properties();
        }
      };

  private static final String OPEN_METRICS = "application/openmetrics-text";

  private final PrometheusMeterRegistry registry;
  private final EventMeters events;
  private final RecipientMeters recipients;
  private final ReentrantLock scraping = new ReentrantLock();

  // guarded by scraping
  private @Nullable Supplier<Observed> observing;
  private @Nullable Observed observed;

  /** What is looked at when it is scraped. */
  private record Observed(
      RunningService service,
      Supplier<List<EntityType>> entities,
      JournalPoll poll,
      ServiceMeters meters,
      ProcessMeters process) {}

  /** Counts from nothing, and shows nothing of the service yet. */
  public Metrics() {
    this(TraceContext::given);
  }

  /**
   * The same.
   *
   * @param traces the trace of an event, which exemplars name; empty: it has none
   */
  public Metrics(Function<Event, Optional<TraceContext>> traces) {
    registry =
        new PrometheusMeterRegistry(
            CONFIG, new PrometheusRegistry(), Clock.SYSTEM, new ExemplarSource(traces));
    ProcessMeters.restrict(registry);
    Delays delays = new Delays(registry);
    events = new EventMeters(registry, delays, InstantSource.system());
    recipients = new RecipientMeters(registry, delays);
  }

  /** Who is to be told what becomes durable. */
  public PublicationListener publications() {
    return events;
  }

  /** Who is to be told what becomes of deliveries. */
  public DeliveryListener deliveries() {
    return recipients;
  }

  /**
   * Shows a running service from now on. What need not be counted all the time begins with the
   * first scrape: where nobody scrapes it costs nothing. Once.
   *
   * @param journal its journal's file
   * @param entities those of the settings in force
   */
  public void observe(RunningService service, Path journal, Supplier<List<EntityType>> entities) {
    scraping.lock();
    try {
      observing =
          () -> {
            SourceMeters.bind(registry, service);
            return new Observed(
                service,
                entities,
                new JournalPoll(() -> JournalReading.of(service.journal(), journal)),
                new ServiceMeters(registry, service),
                new ProcessMeters(registry));
          };
    } finally {
      scraping.unlock();
    }
  }

  /**
   * Returns all series as they are now. One scrape at a time.
   *
   * @param accept the request's header; OpenMetrics where it is asked for, which has exemplars,
   *     else Prometheus' own text
   */
  public Exposition scrape(@Nullable String accept) {
    String contentType =
        accept != null && accept.contains(OPEN_METRICS)
            ? OpenMetricsTextFormatWriter.CONTENT_TYPE
            : PrometheusTextFormatWriter.CONTENT_TYPE;
    scraping.lock();
    try {
      if (observed == null && observing != null) {
        observed = observing.get();
      }
      if (observed != null) {
        look(observed);
      }
      return new Exposition(contentType, registry.scrape(contentType));
    } finally {
      scraping.unlock();
    }
  }

  private void look(Observed at) {
    JournalReading journal = at.poll.newest();
    at.meters.show(journal);
    events.show(at.entities.get().stream().map(EntityType::name).toList());
    recipients.show(RecipientReadings.of(at.service, journal, Instant.now()));
  }

  @Override
  public void close() {
    scraping.lock();
    try {
      observing = null;
      if (observed != null) {
        observed.process.close();
        observed = null;
      }
      registry.close();
    } finally {
      scraping.unlock();
    }
  }
}
