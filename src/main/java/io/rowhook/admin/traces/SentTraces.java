package io.rowhook.admin.traces;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.rowhook.admin.PublicationListener;
import io.rowhook.admin.TraceContext;
import io.rowhook.entity.Event;
import io.rowhook.webhook.DeliveryListener;
import io.rowhook.webhook.TraceHeaders;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends traces to a collector, over OTLP. Whoever tells it something only puts a span into a queue
 * that has a limit; one thread of the library's sends what is in it.
 */
final class SentTraces implements Traces {

  private static final Logger LOG = LoggerFactory.getLogger(SentTraces.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");
  private static final AttributeKey<String> VERSION = AttributeKey.stringKey("service.version");

  /** What the library calls a service that nobody has named. */
  private static final String UNNAMED = "unknown_service";

  /** The library's message where the cause has the reason. */
  private static final String NO_REASON = "Unexpected configuration error";

  /** A property in the library's messages; the variable has the same words. */
  private static final Pattern PROPERTY = Pattern.compile("otel(\\.[a-z]+)+");

  /** Their values are credentials. */
  private static final Pattern HEADERS =
      Pattern.compile("(?i)otel[._]exporter[._]otlp[._](traces[._])?headers");

  private final SdkTracerProvider provider;
  private final SpanLosses losses;
  private final EventTraces events;
  private final DeliveryTraces deliveries;
  private final TraceHeaders headers;

  private SentTraces(SdkTracerProvider provider, SpanLosses losses, boolean propagates) {
    this.provider = provider;
    this.losses = losses;
    SpanRecorder recorder = new SpanRecorder(provider.get("io.rowhook"), provider.getSampler());
    this.events = new EventTraces(recorder, InstantSource.system());
    this.deliveries = new DeliveryTraces(recorder);
    this.headers = propagates ? deliveries : TraceHeaders.NONE;
  }

  /**
   * Starts the thread that sends.
   *
   * @throws TraceSettingsException if the library refuses a value
   */
  static SentTraces of(TraceSettings settings) throws TraceSettingsException {
    LibraryLog.divert();
    SpanLosses losses = new SpanLosses(settings.shownEndpoint());
    SdkTracerProvider provider;
    try {
      provider =
          AutoConfiguredOpenTelemetrySdk.builder()
              .disableShutdownHook() // Flow ends it
              .addPropertiesCustomizer(_ -> settings.properties())
              .addResourceCustomizer((resource, _) -> named(resource))
              .addSpanExporterCustomizer((exporter, _) -> losses.watched(exporter))
              .addSpanProcessorCustomizer((processor, config) ->
                  losses.limited(
                      processor, config.getInt("otel.bsp.max.queue.size", SpanLosses.QUEUE)))
              .addTracerProviderCustomizer((builder, _) -> builder.setIdGenerator(new GivenIds()))
              .build()
              .getOpenTelemetrySdk()
              .getSdkTracerProvider();
    } catch (RuntimeException e) {
      throw new TraceSettingsException(words(e));
    }
    LOG.info(
        "traces are sent to {}, sampled by {}", settings.shownEndpoint(), settings.shownSampler());
    return new SentTraces(provider, losses, settings.propagates());
  }

  private static Resource named(Resource resource) {
    @Nullable String version = SentTraces.class.getPackage().getImplementationVersion();
    Resource own =
        Resource.create(
            Attributes.of(SERVICE, "rowhook", VERSION, version == null ? "dev" : version));
    String name = resource.getAttribute(SERVICE);
    return name == null || name.startsWith(UNNAMED) ? resource.merge(own) : own.merge(resource);
  }

  /** Why the library refuses a value, with the name that the environment has for it. */
  private static String words(RuntimeException e) {
    Throwable cause = e;
    while (cause.getCause() != null && String.valueOf(cause.getMessage()).startsWith(NO_REASON)) {
      cause = cause.getCause();
    }
    String why = String.valueOf(cause.getMessage());
    if (HEADERS.matcher(why).find()) {
      return "OTEL_EXPORTER_OTLP_HEADERS must be name=value, with commas between several and both"
          + " percent-encoded";
    }
    return PROPERTY
        .matcher(why)
        .replaceAll(found -> found.group().toUpperCase(Locale.ROOT).replace('.', '_'));
  }

  @Override
  public PublicationListener publications() {
    return events;
  }

  @Override
  public DeliveryListener deliveries() {
    return deliveries;
  }

  @Override
  public TraceHeaders headers() {
    return headers;
  }

  @Override
  public Optional<TraceContext> of(Event event) {
    return Optional.of(events.of(event));
  }

  @Override
  public void close() {
    provider.shutdown().join(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    losses.close();
  }
}
