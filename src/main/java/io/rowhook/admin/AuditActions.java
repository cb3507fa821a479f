package io.rowhook.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.api.ApiException;
import io.rowhook.admin.api.ProblemType;
import io.rowhook.admin.audit.Expectation;
import io.rowhook.base.Json;
import io.rowhook.capture.SourceException;
import io.rowhook.entity.EntityType;
import io.rowhook.journal.DeliveryAdminException;
import io.rowhook.journal.Difference;
import io.rowhook.journal.Difference.Kind;
import io.rowhook.journal.Resync;
import io.rowhook.journal.StateAudit;
import io.rowhook.journal.StateAudits;
import io.rowhook.recipient.Recipient;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What {@code rowhook audit} asks of the service. Any thread. */
public final class AuditActions {

  private static final int SHOWN = 50;

  private final StateAudits audits;
  private final LongFunction<Optional<String>> notes;
  private final Runnable begun;
  private final Supplier<List<EntityType>> entities;
  private final ResyncActions.Estimate estimate;

  /**
   * @param notes what one waits for, by its number
   * @param begun is told that there is one more
   * @param entities those in force
   */
  public AuditActions(
      StateAudits audits,
      LongFunction<Optional<String>> notes,
      Runnable begun,
      Supplier<List<EntityType>> entities,
      ResyncActions.Estimate estimate) {
    this.audits = audits;
    this.notes = notes;
    this.begun = begun;
    this.entities = entities;
    this.estimate = estimate;
  }

  /**
   * Begins those of all that are meant and can be held against the source.
   *
   * @param recipients of whom; one of them alone is refused with the reason
   * @param entity of what; empty: of all
   * @param rate entities a second at most; null: as most
   * @param repair whether what differs is to be sent again
   * @return what has begun, and why others have not
   * @throws ApiException if there is no such entity
   * @throws DeliveryAdminException if nothing has begun
   */
  public ObjectNode begin(
      List<Recipient> recipients, Optional<String> entity, @Nullable Long rate, boolean repair)
      throws ApiException, DeliveryAdminException, InterruptedException {
    List<String> meant =
        entity.isPresent()
            ? List.of(ResyncActions.entity(entities.get(), entity.get()).name())
            : entities.get().stream().map(EntityType::name).toList();
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ArrayNode begunOnes = answer.putArray("audits");
    ArrayNode refused = answer.putArray("refused");
    DeliveryAdminException last = null;
    for (Recipient recipient : recipients) {
      for (String one : meant) {
        boolean subscribed =
            recipient.subscriptions().stream().anyMatch(own -> own.entity().equals(one));
        if (!subscribed && entity.isEmpty()) {
          continue;
        }
        try {
          begunOnes.add(begin(recipient, one, rate, repair));
        } catch (DeliveryAdminException e) {
          last = e;
          refused
              .addObject()
              .put("recipient", recipient.name())
              .put("entity", one)
              .put("why", e.getMessage());
        }
      }
    }
    if (begunOnes.isEmpty()) {
      throw last != null
          ? last
          : new DeliveryAdminException("no recipient is told of any entity, so nothing can differ");
    }
    return answer;
  }

  /** Begins one; refuses it where that one cannot be held against the source, or runs already. */
  private ObjectNode begin(Recipient recipient, String entity, @Nullable Long rate, boolean repair)
      throws ApiException, DeliveryAdminException, InterruptedException {
    EntityType type = ResyncActions.entity(entities.get(), entity);
    if (!Expectation.isWhole(recipient, entity)) {
      throw new DeliveryAdminException(Expectation.notWhole(recipient.name(), entity));
    }
    if (repair && !ResyncActions.wants(recipient, entity)) {
      throw new DeliveryAdminException(
          ("recipient %1$s has no subscription that wants Snapshots of %2$s, so that nothing can be"
                  + " mended. In recipients/%1$s.yaml write them to the events of the one for %2$s:"
                  + " - { entity: %2$s, events: [Created, Updated, Deleted, Snapshot] }; or leave out"
                  + " --repair")
              .formatted(recipient.name(), entity));
    }
    Optional<StateAudit> one =
        audits.begin(
            recipient.name(),
            entity,
            rate == null ? StateAudit.DEFAULT_RATE : Math.max(1, rate),
            repair,
            estimate(type));
    if (one.isEmpty()) {
      throw new DeliveryAdminException(
          "an audit of "
              + entity
              + " for recipient "
              + recipient.name()
              + " runs already: rowhook audit --list shows it, and rowhook audit --cancel with its"
              + " number ends it");
    }
    begun.run();
    return json(one.get());
  }

  private long estimate(EntityType type) throws ApiException {
    try {
      return estimate.of(type.table(), "");
    } catch (SQLException | SourceException e) {
      throw new ApiException(ProblemType.UNAVAILABLE, String.valueOf(e.getMessage()));
    }
  }

  /** Those that run, as {@code rowhook status} shows them. */
  public List<ObjectNode> running() {
    return audits.running().stream().map(this::json).toList();
  }

  /** Those that run and ran, the newest first. */
  public List<ObjectNode> newest() {
    return audits.newest(SHOWN).stream().map(this::json).toList();
  }

  /**
   * One that runs or ran.
   *
   * @throws ApiException if there is none of this number
   */
  public ObjectNode show(long id) throws ApiException {
    return json(audit(id));
  }

  /**
   * Ends one.
   *
   * @throws ApiException if there is none of this number
   * @throws DeliveryAdminException if it runs no more
   */
  public ObjectNode cancel(long id)
      throws ApiException, DeliveryAdminException, InterruptedException {
    StateAudit one = audit(id);
    if (!audits.end(one.id(), Resync.State.cancelled, null)) {
      throw new DeliveryAdminException(
          "audit " + one.id() + " runs no more: it is " + one.state().name());
    }
    return json(audit(id));
  }

  /**
   * What it has found, by the ids of the entities.
   *
   * @param after only later ids
   * @throws ApiException if there is none of this number
   */
  public List<Difference> differences(long id, String after, int limit) throws ApiException {
    return audits.differences(audit(id).id(), after, limit);
  }

  private StateAudit audit(long id) throws ApiException {
    return audits
        .find(id)
        .orElseThrow(() ->
            new ApiException(
                ProblemType.NOT_FOUND,
                "there is no audit " + id + ": rowhook audit --list shows those there are"));
  }

  private ObjectNode json(StateAudit one) {
    ObjectNode json =
        Json.MAPPER
            .createObjectNode()
            .put("id", one.id())
            .put("recipient", one.recipient())
            .put("entity", one.entity())
            .put("rate", one.rate())
            .put("repair", one.repair())
            .put("state", one.state().name())
            .put("phase", one.progress().phase().name())
            .put("reason", one.reason())
            .put("waits", one.endedAt() == null ? notes.apply(one.id()).orElse(null) : null)
            .put("estimate", one.estimate())
            .put("read", one.progress().read())
            .put("held", one.progress().has())
            .put("outside", one.progress().outside())
            .put("unread", one.progress().unread());
    for (Kind kind : Kind.values()) {
      json.put(kind.name(), one.counts().getOrDefault(kind, 0L));
    }
    return json.put("resync", one.resync())
        .put("beganAt", one.beganAt().toString())
        .put("endedAt", one.endedAt() == null ? null : one.endedAt().toString());
  }
}
