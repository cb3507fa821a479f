package io.rowhook.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.api.ApiException;
import io.rowhook.admin.api.ProblemType;
import io.rowhook.base.DidYouMean;
import io.rowhook.base.Json;
import io.rowhook.capture.MissedRange;
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

  /** Whether a recipient has a subscription that wants Snapshots of an entity. */
  public static boolean wants(Recipient recipient, String entity) {
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

  /** How many of these there were at the last look. Never waits. */
  public int due() {
    return offers.last().size();
  }

  /** Where changes may be missing that these are for, the newest first. */
  List<MissedRange> missed(int limit) {
    return offers.missed(limit);
  }

  /**
   * What to begin.
   *
   * @param where a condition on the entity's own table, in SQL; empty: none
   * @param since a column of it that must be at least {@code sinceValue}; empty: none
   * @param rate rows a second at most; null: as most
   */
  public record Wish(
      String entity,
      Optional<String> where,
      Optional<String> since,
      String sinceValue,
      @Nullable Long rate) {}

  /**
   * Begins one.
   *
   * @throws ApiException if what is wished is no entity, or no condition that PostgreSQL takes
   * @throws DeliveryAdminException if nothing would come of it, or one runs already
   */
  public ObjectNode begin(Recipient recipient, Wish wish)
      throws ApiException, DeliveryAdminException, InterruptedException {
    EntityType entity = entity(entities.get(), wish.entity());
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
    String condition = condition(wish);
    long rows = estimate(entity, condition);
    Long rate = wish.rate();
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
              + " runs already: rowhook resync --list shows it, and rowhook resync --cancel with"
              + " its number ends it");
    }
    begun.run();
    return json(job.get());
  }

  /** Those that run and ran, the newest first. */
  public List<ObjectNode> newest() {
    return jobs.newest(SHOWN).stream().map(this::json).toList();
  }

  /**
   * One that runs or ran.
   *
   * @throws ApiException if there is none of this number
   */
  public ObjectNode show(long id) throws ApiException {
    return json(job(id));
  }

  /**
   * Ends one.
   *
   * @throws ApiException if there is none of this number
   * @throws DeliveryAdminException if it runs no more
   */
  public ObjectNode cancel(long id)
      throws ApiException, DeliveryAdminException, InterruptedException {
    Resync job = job(id);
    if (!jobs.end(job.id(), Resync.State.cancelled, null)) {
      throw new DeliveryAdminException(
          "resync " + job.id() + " runs no more: it is " + job.state().name());
    }
    return json(job(job.id()));
  }

  private Resync job(long id) throws ApiException {
    return jobs.find(id)
        .orElseThrow(() ->
            new ApiException(
                ProblemType.NOT_FOUND,
                "there is no resync " + id + ": rowhook resync --list shows those there are"));
  }

  /** The entity of a name; refused where there is none, with what may be meant. */
  static EntityType entity(List<EntityType> all, String name) throws ApiException {
    List<String> names = all.stream().map(EntityType::name).toList();
    return all.stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            ApiException.wrong(
                "#/entity",
                "there is no entity '"
                    + name
                    + "' in entities.yaml. "
                    + DidYouMean.advice(name, names, "There are")));
  }

  private static String condition(Wish wish) throws ApiException {
    List<String> all = new ArrayList<>();
    Optional<String> where = wish.where().filter(text -> !text.isBlank());
    if (where.isPresent()) {
      Optional<String> problem = SqlCondition.of(where.get()).problem();
      if (problem.isPresent()) {
        throw ApiException.wrong(
            "#/where",
            "--where " + problem.get() + ". Write for example --where \"status = 'open'\"");
      }
      all.add("(" + where.get() + ")");
    }
    wish.since().ifPresent(column -> all.add(SqlCondition.atLeast(column, wish.sinceValue())));
    return String.join(" AND ", all);
  }

  private long estimate(EntityType entity, String condition)
      throws ApiException, DeliveryAdminException {
    try {
      return estimate.of(entity.table(), condition);
    } catch (SQLException e) {
      String words = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      if ("42501".equals(e.getSQLState())) { // insufficient_privilege
        words +=
            " for Rowhook's role, which needs SELECT on the columns that the condition names, or on"
                + " the table";
      }
      throw new DeliveryAdminException(
          "PostgreSQL does not take this for table "
              + entity.table()
              + ": "
              + words
              + (condition.isEmpty() ? "" : ". The condition was: " + condition));
    } catch (SourceException e) {
      throw new ApiException(ProblemType.UNAVAILABLE, String.valueOf(e.getMessage()));
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
