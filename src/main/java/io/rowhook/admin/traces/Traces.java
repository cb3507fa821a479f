package io.rowhook.admin.traces;

import io.rowhook.admin.PublicationListener;
import io.rowhook.admin.TraceContext;
import io.rowhook.entity.Event;
import io.rowhook.webhook.DeliveryListener;
import io.rowhook.webhook.TraceHeaders;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One trace for each event, from the commit to each recipient's acknowledgement: told of it by
 * rooms that know nothing of traces. Any thread.
 */
public interface Traces extends AutoCloseable {

  /**
   * Those that the environment asks for by OpenTelemetry's own variables. What is wrong with these
   * is logged, and no traces are sent then: webhooks do not wait for their monitoring.
   *
   * @param env the process's environment
   */
  static Traces of(Map<String, String> env) {
    Logger log = LoggerFactory.getLogger(Traces.class);
    TraceSettings settings = TraceSettings.read(env);
    List<String> problems = settings.problems();
    if (problems.isEmpty() && settings.on()) {
      try {
        return SentTraces.of(settings);
      } catch (TraceSettingsException e) {
        problems = List.of(String.valueOf(e.getMessage()));
      }
    }
    if (!problems.isEmpty()) {
      log.error(
          "no traces are sent, since the environment asks for what cannot be; all else goes on: {}",
          String.join("; ", problems));
    }
    return new NoTraces(settings.propagates());
  }

  /** Who is to be told what becomes durable. */
  PublicationListener publications();

  /** Who is to be told what becomes of deliveries. */
  DeliveryListener deliveries();

  /** What requests carry. */
  TraceHeaders headers();

  /** An event's trace and its place in it, for whoever names it; empty: it has none. */
  Optional<TraceContext> of(Event event);

  /** Sends what it still has, for at most five seconds. */
  @Override
  void close();
}
