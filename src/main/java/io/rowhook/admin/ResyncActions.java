package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.api.AdminRequest;
import io.rowhook.base.DidYouMean;
import io.rowhook.base.Json;
import io.rowhook.capture.SourceException;
import io.rowhook.capture.SqlCondition;
import io.rowhook.capture.TableId;
import io.rowhook.entity.EntityType;
import io.rowhook.journal.DeliveryAdminException;
import io.rowhook.journal.Resync;
import io.rowhook.journal.Resyncs;
import io.rowhook.recipient.Recipient;
import io.rowhook.settings.Settings;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What {@code rowhook resync} asks of the service. Any thread. */
public final class ResyncActions {

  private static final int SHOWN = 50;

  /** Has the source say what it thinks of a condition, and about how many rows there are. */
  public interface Estimate {
    long of(TableId table, String condition) throws SQLException;
  }

  private final Resyncs jobs;
  private final LongFunction<Optional<String>> notes;
  private final Runnable begun;
  private final Supplier<List<EntityType>> entities;
  private final Estimate estimate;
  private final ResyncOffers offers;

  /**
   * @param notes what one waits for, by its number
   * @param begun is told that there is one more
   * @param entities those in force
   * @param offers those that may be needed
   */
  public ResyncActions(
      Resyncs jobs,
      LongFunction<Optional<String>> notes,
      Runnable begun,
      Supplier<List<EntityType>> entities,
      Estimate estimate,
      ResyncOffers offers) {
    this.jobs = jobs;
    this.notes = notes;
    this.begun = begun;
    this.entities = entities;
    this.estimate = estimate;
    this.offers = offers;
  }

  /** Whether a recipient has a file, and a subscription in it that wants Snapshots of an entity. */
  public static boolean wants(Settings settings, String recipient, String entity) {
    return settings.recipients().stream()
        .anyMatch(one -> one.name().equals(recipient) && wants(one, entity));
  }

  static boolean wants(Recipient recipient, String entity) {
    return recipient.subscriptions().stream()
        .anyMatch(one -> one.entity().equals(entity) && one.wantsSnapshots());
  }

  /** Those that run, as {@code rowhook status} shows them. */
  public List<ObjectNode> running() {
    return jobs.running().stream().map(this::json).toList();
  }

  /** Those that may be needed, as {@code rowhook status} shows them. */
  List<ObjectNode> offered() {
    return offers.all().stream().map(ResyncOffers.Offer::json).toList();
  }

  /** Begins one. */
  public JsonNode begin(Recipient recipient, AdminRequest request)
      throws DeliveryAdminException, InterruptedException {
    EntityType entity = entity(request.text("entity"));
    if (!wants(recipient, entity.name())) {
      throw new DeliveryAdminException(
          ("recipient %1$s has no subscription that wants Snapshots of %2$s, so it would be told"
                  + " nothing. In recipients/%1$s.yaml write them to the events of the one for"
                  + " %2$s, and leave it without changed: - { entity: %2$s, events: [Created,"
                  + " Updated, Deleted, Snapshot] }. A file without subscriptions gets all but"
                  + " Snapshots: write subscriptions: with this line, and one for each other entity"
                  + " that it is to get")
              .formatted(recipient.name(), entity.name()));
    }
    String condition = condition(request);
    long rows = estimate(entity, condition);
    Long rate = request.number("rate");
    Optional<Resync> job =
        jobs.begin(
            recipient.name(),
            entity.name(),
            condition,
            rate == null ? Resync.DEFAULT_RATE : Math.max(1, rate),
            rows);
    if (job.isEmpty()) {
      throw new DeliveryAdminException(
          "a resync of "
              + entity.name()
              + " for recipient "
              + recipient.name()
              + " runs already: rowhook resync --list shows it, and rowhook resync --cancel with its"
              + " number ends it");
    }
    begun.run();
    return json(job.get());
  }

  /** Those that run and ran, or one of them. */
  public JsonNode list(AdminRequest request) throws DeliveryAdminException {
    Long id = request.number("id");
    ArrayNode all = Json.MAPPER.createArrayNode();
    if (id == null) {
      jobs.newest(SHOWN).forEach(job -> all.add(json(job)));
    } else {
      all.add(json(job(id)));
    }
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.set("resyncs", all);
    return answer;
  }

  /** Ends one. */
  public JsonNode cancel(AdminRequest request) throws DeliveryAdminException, InterruptedException {
    Long id = request.number("id");
    Resync job = job(id == null ? 0 : id);
    if (!jobs.end(job.id(), Resync.State.cancelled, null)) {
      throw new DeliveryAdminException(
          "resync " + job.id() + " runs no more: it is " + job.state().name());
    }
    return json(job(job.id()));
  }

  private Resync job(long id) throws DeliveryAdminException {
    return jobs.find(id)
        .orElseThrow(() ->
            new DeliveryAdminException(
                "there is no resync " + id + ": rowhook resync --list shows those there are"));
  }

  private EntityType entity(String name) throws DeliveryAdminException {
    List<String> names = entities.get().stream().map(EntityType::name).toList();
    return entities.get().stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new DeliveryAdminException(
                "there is no entity '"
                    + name
                    + "' in entities.yaml. "
                    + DidYouMean.advice(name, names, "There are")));
  }

  private static String condition(AdminRequest request) throws DeliveryAdminException {
    List<String> all = new ArrayList<>();
    Optional<String> where = request.optional("where").filter(text -> !text.isBlank());
    if (where.isPresent()) {
      Optional<String> problem = SqlCondition.of(where.get()).problem();
      if (problem.isPresent()) {
        throw new DeliveryAdminException(
            "--where " + problem.get() + ". Write for example --where \"status = 'open'\"");
      }
      all.add("(" + where.get() + ")");
    }
    Optional<String> since = request.optional("since");
    if (since.isPresent()) {
      all.add(SqlCondition.atLeast(since.get(), request.text("sinceValue")));
    }
    return String.join(" AND ", all);
  }

  private long estimate(EntityType entity, String condition) throws DeliveryAdminException {
    try {
      return estimate.of(entity.table(), condition);
    } catch (SQLException e) {
      String words = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      if ("42501".equals(e.getSQLState())) { // insufficient_privilege
        words +=
            " for Rowhook's role, which needs SELECT on the columns that the condition names, or on the table";
      }
      throw new DeliveryAdminException(
          "PostgreSQL does not take this for table "
              + entity.table()
              + ": "
              + words
              + (condition.isEmpty() ? "" : ". The condition was: " + condition));
    } catch (SourceException e) {
      throw new DeliveryAdminException(String.valueOf(e.getMessage()));
    }
  }

  private ObjectNode json(Resync job) {
    return Json.MAPPER
        .createObjectNode()
        .put("id", job.id())
        .put("recipient", job.recipient())
        .put("entity", job.entity())
        .put("condition", job.condition())
        .put("rate", job.rate())
        .put("state", job.state().name())
        .put("reason", job.reason())
        .put("waits", waits(job))
        .put("estimate", job.estimate())
        .put("read", job.read())
        .put("published", job.sent())
        .put("beganAt", job.beganAt().toString())
        .put("endedAt", job.endedAt() == null ? null : job.endedAt().toString());
  }

  private @Nullable String waits(Resync job) {
    return job.state() == Resync.State.running ? notes.apply(job.id()).orElse(null) : null;
  }
}
