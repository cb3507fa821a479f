package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.api.Caller;
import io.rowhook.admin.health.TemplateHealth;
import io.rowhook.base.Json;
import io.rowhook.capture.Checkpoints;
import io.rowhook.capture.Epoch;
import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.capture.MissedRange;
import io.rowhook.capture.SuspendedTable;
import io.rowhook.entity.EntityMetrics;
import io.rowhook.journal.Backlog;
import io.rowhook.journal.CompletenessMarks.Mark;
import io.rowhook.journal.Instance;
import io.rowhook.journal.JournalException;
import io.rowhook.journal.JournalQueries;
import io.rowhook.journal.Pause;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.recipient.CircuitBreakerConfig;
import io.rowhook.recipient.Recipient;
import io.rowhook.template.TemplateExecutor;
import io.rowhook.webhook.DispatcherStatus;
import io.rowhook.webhook.RecipientState;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@code rowhook status} shows: the state of all of it, as JSON. */
public final class ServiceStatus {

  private static final int FAILURES_SHOWN = 5;
  private static final int MISSED_SHOWN = 5;

  private final RunningService service;
  private final JournalQueries queries;

  public ServiceStatus(RunningService service) {
    this.service = service;
    this.queries = service.journal().queries();
  }

  /**
   * That of all instances that share the journal; what another instance asks for, of this one
   * alone.
   */
  public JsonNode json(Caller caller) throws InterruptedException {
    ObjectNode json = own();
    if (service.journal().sharing().isShared() && caller.forwarded().isEmpty()) {
      StatusOfAll.complete(json, service, caller);
    }
    return json;
  }

  private ObjectNode own() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    List<ObjectNode> offered = service.resyncs().offered(); // first: health tells of these
    json.set("health", service.health().look().json());
    json.setAll(source());
    json.put("takenOver", new Checkpoints(service.journal()).takenOver().orElse(null));
    queries
        .rejected()
        .ifPresent(one ->
            json.putObject("rejected")
                .put("count", one.count())
                .put("at", one.at().toString())
                .put("table", one.table())
                .put("operation", one.operation())
                .put("why", one.reason()));
    JdbcRowLookup.Counts rows = service.rows().get();
    ObjectNode readBack = json.putObject("readBack");
    readBack
        .put("statements", rows.statements())
        .put("rows", rows.rows())
        .put("seconds", rows.time().toMillis() / 1000.0)
        .put("unread", rows.unread());
    ArrayNode tables = readBack.putArray("unreadTables");
    service.unread().get().forEach(one -> tables.add(one.text()));
    muted(json);
    service.resyncs().running().forEach(json.putArray("resyncs")::add);
    offered.forEach(json.putArray("toResync")::add);
    service.audits().running().forEach(json.putArray("audits")::add);
    json.put("head", service.journal().head());
    json.put("missing", service.journal().completeness().missing().orElse(null));
    json.put(
        "journal", service.journal().standing().map(JournalException::getMessage).orElse(null));
    ArrayNode problems = json.putArray("settings");
    service.problems().get().forEach(problems::add);
    json.set("quarantine", quarantine());
    json.put("templateThreadsLost", TemplateExecutor.lost());
    json.set("killSwitch", hold(service.journal().killSwitch()));
    Map<String, Recipient> files =
        service.recipients().get().stream()
            .collect(Collectors.toMap(Recipient::name, Function.identity()));
    Map<String, DispatcherStatus> statuses =
        service.dispatchers().statuses().stream()
            .collect(Collectors.toMap(DispatcherStatus::recipient, Function.identity()));
    ArrayNode recipients = json.putArray("recipients");
    Function<String, Optional<Instance>> servers = service.journal().sharing().servers();
    for (JournalQueries.Standing standing : queries.standings()) {
      String name = standing.recipient();
      recipients.add(
          recipient(standing, statuses.get(name), files.get(name))
              .put("instance", instance(name, servers)));
    }
    json.put("instance", name(service.journal().sharing().instance()));
    putInstances(service.journal(), json, Map.of());
    return json;
  }

  private @Nullable String instance(String recipient, Function<String, Optional<Instance>> all) {
    SqliteJournal journal = service.journal();
    return name(
        journal.sharing().serves(recipient) ? journal.sharing().instance() : all.apply(recipient));
  }

  private static @Nullable String name(Optional<Instance> instance) {
    return instance.map(Instance::name).orElse(null);
  }

  /**
   * Puts the instances that share the journal into a status that has its recipients.
   *
   * @param unanswered why those do not answer that do not, by name
   */
  static void putInstances(
      SqliteJournal journal, ObjectNode status, Map<String, String> unanswered) {
    Map<String, Instance> all = new TreeMap<>();
    journal.sharing().instance().ifPresent(own -> all.put(own.name(), own));
    journal.sharing().instances().forEach(one -> all.put(one.name(), one)); // they know since when
    String capturing = journal.sharing().capturing().map(Instance::name).orElse("");
    ArrayNode instances = status.putArray("instances");
    for (Instance one : all.values()) {
      long recipients =
          status.path("recipients").findValuesAsText("instance").stream()
              .filter(one.name()::equals)
              .count();
      instances
          .addObject()
          .put("name", one.name())
          .put("api", one.api().map(URI::toString).orElse(null))
          .put("since", one.since().toString())
          .put("captures", one.name().equals(capturing))
          .put("recipients", recipients)
          .put("unanswered", unanswered.get(one.name()));
    }
  }

  /** Of it what is about the source. */
  public ObjectNode source() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("capture", service.capture().get().line());
    json.set("slot", service.slot().get().map(SlotReport::json).orElse(null));
    json.put("watermark", service.journal().watermark().toString());
    json.set("epoch", service.journal().epoch().map(ServiceStatus::epoch).orElse(null));
    ArrayNode suspended = json.putArray("suspended");
    for (SuspendedTable table : service.suspended().get()) {
      suspended
          .addObject()
          .put("table", table.table().toString())
          .put("since", table.since().toString())
          .put("effect", table.effect())
          .put("why", table.reason());
    }
    ArrayNode missed = json.putArray("missed");
    for (MissedRange range : service.resyncs().missed(MISSED_SHOWN)) {
      missed
          .addObject()
          .put("table", range.table().toString())
          .put("at", range.noticedAt().toString())
          .put("after", range.after().toString())
          .put("upTo", range.upTo().toString())
          .put("why", range.reason());
    }
    return json;
  }

  private static ObjectNode epoch(Epoch epoch) {
    return Json.MAPPER
        .createObjectNode()
        .put("id", epoch.id())
        .put("history", epoch.history())
        .put("startedAt", epoch.startedAt().toString());
  }

  /** What transactions have said to Rowhook since it started. */
  private void muted(ObjectNode json) {
    ObjectNode muted = json.putObject("muted");
    muted.put("transactions", service.counts().muted().map(EntityMetrics.Muted::count).orElse(0L));
    service
        .counts()
        .muted()
        .ifPresent(one ->
            muted
                .put("lastTxId", one.last().id())
                .put("lastCommittedAt", one.last().committedAt().toString()));
    json.put("ignoredMessages", service.counts().ignoredMessages());
  }

  /** Templates and conditions in force that are not run any more. */
  private ArrayNode quarantine() {
    ArrayNode list = Json.MAPPER.createArrayNode();
    for (TemplateExecutor.Quarantined one :
        TemplateHealth.quarantined(service.recipients().get())) {
      list.addObject()
          .put("template", one.name())
          .put("since", one.since().toString())
          .put("why", one.why());
    }
    return list;
  }

  private ObjectNode recipient(
      JournalQueries.Standing standing,
      @Nullable DispatcherStatus dispatcher,
      @Nullable Recipient file) {
    String name = standing.recipient();
    Optional<Pause> pause = queries.pause(name);
    Backlog backlog = queries.backlog(name);
    Duration within =
        file == null ? CircuitBreakerConfig.DEFAULT.within() : file.breakerConfig().within();
    Instant since = Instant.now().minus(within);
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("recipient", name).putNull("unanswered");
    RecipientState state =
        dispatcher != null && service.journal().sharing().serves(name)
            ? RecipientState.of(dispatcher)
            : RecipientState.elsewhere(file != null, pause);
    json.put("state", state.name());
    json.set("pause", hold(pause));
    json.put("inFlight", dispatcher == null ? 0 : dispatcher.inFlight());
    json.put("cursor", standing.cursor());
    json.put("ahead", standing.ahead());
    json.put("waiting", standing.waiting());
    json.put("blocked", standing.blocked());
    json.put("failed", standing.failed());
    json.put("backlogBytes", backlog.bytes() + backlog.requestedBytes());
    json.put("oldest", backlog.oldest().map(Instant::toString).orElse(null));
    Optional<Mark> mark = service.journal().completeness().of(name);
    json.put("completeTo", mark.flatMap(Mark::completeTo).map(Instant::toString).orElse(null));
    json.put("lacksFrom", mark.flatMap(Mark::lacksFrom).orElse(null));
    json.put("trouble", dispatcher == null ? null : dispatcher.trouble());
    json.put("failures", queries.failureCount(name, since));
    json.put("failuresWithin", within.toString());
    ArrayNode last = json.putArray("lastFailures");
    for (JournalQueries.Failure failure : queries.failures(name, since, FAILURES_SHOWN)) {
      last.addObject()
          .put("at", failure.at().toString())
          .put("event", failure.eventId())
          .put("sequence", failure.sequence())
          .put("status", failure.status())
          .put("error", failure.error());
    }
    return json;
  }

  private static @Nullable ObjectNode hold(Optional<Pause> pause) {
    return pause
        .map(by ->
            Json.MAPPER
                .createObjectNode()
                .put("kind", by.kind().name())
                .put("at", by.at().toString())
                .put("until", by.until().map(Instant::toString).orElse(null))
                .put("reason", by.reason()))
        .orElse(null);
  }
}
