package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Count;
import io.rowhook.base.DidYouMean;
import io.rowhook.base.Json;
import io.rowhook.capture.TableId;
import io.rowhook.entity.EmbeddedRows;
import io.rowhook.entity.EntityKeys;
import io.rowhook.entity.EntityType;
import io.rowhook.journal.AuditEntry;
import io.rowhook.journal.AuditLog;
import io.rowhook.journal.DeliveryAdminException;
import io.rowhook.journal.Erasure;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@code rowhook forget Customer:7} asks of the service. Any thread. */
public final class ErasureActions {

  private static final Logger LOG = LoggerFactory.getLogger(ErasureActions.class);

  private final Erasure erasure;
  private final AuditLog audit;
  private final Supplier<List<EntityType>> entities;
  private final Function<String, Optional<EntityKeys>> keys;
  private final Runnable done;
  private final ReentrantLock one = new ReentrantLock();

  /**
   * @param entities those in force
   * @param keys of an entity, as the source has them; empty: not known at present
   * @param done is told that what is in memory of events holds no more
   */
  public ErasureActions(
      Erasure erasure,
      AuditLog audit,
      Supplier<List<EntityType>> entities,
      Function<String, Optional<EntityKeys>> keys,
      Runnable done) {
    this.erasure = erasure;
    this.audit = audit;
    this.entities = entities;
    this.keys = keys;
    this.done = done;
  }

  /**
   * Says what the journal has of one entity, and erases it if that is asked.
   *
   * @param asked the id as events have it, or several columns as a JSON object
   * @param actor who asks, for the audit log
   * @throws DeliveryAdminException if there is no such entity, or the id is none: it has not the
   *     form that its columns give it now, nor does the journal have one from before
   */
  public JsonNode erase(String name, String asked, boolean yes, String actor)
      throws DeliveryAdminException, InterruptedException {
    List<EntityType> types = entities.get();
    Optional<EntityType> known =
        types.stream().filter(type -> type.name().equals(name)).findFirst();
    if (known.isEmpty() && !erasure.knows(name)) {
      List<String> names = types.stream().map(EntityType::name).toList();
      throw new DeliveryAdminException(
          "there is no entity '" + name + "'. " + DidYouMean.advice(name, names, "There are"));
    }
    EntityType type =
        known.orElseGet(() -> new EntityType(name, new TableId("", name), List.of(), List.of()));
    EntityKeys columns = keys.apply(name).orElseGet(() -> EntityKeys.of(type));
    Optional<String> formed = columns.idOf(asked);
    String id = formed.isPresent() && !columns.id().isEmpty() ? formed.get() : id(asked);
    EmbeddedRows rows = new EmbeddedRows(known.isPresent() ? types : List.of(), type, id, columns);
    Erasure.Subject subject = new Erasure.Subject(name, id, type.table().toString(), rows);
    one.lockInterruptibly();
    try {
      if (formed.isEmpty() && erasure.look(subject).traces().events() == 0) {
        throw new DeliveryAdminException(
            "'" + asked + "' is no id of " + name + ": that is " + columns.form());
      }
      Erasure.Result result = yes ? erasure.erase(subject) : erasure.look(subject);
      if (yes) {
        note(result, actor);
      }
      return json(yes, result, rows.relatives(types));
    } finally {
      if (yes) {
        done.run(); // also after a failure: some may be gone
      }
      one.unlock();
    }
  }

  /** As events have it: the columns of several in one line, as they are named. */
  private static String id(String asked) throws DeliveryAdminException {
    if (!asked.startsWith("{")) {
      return asked;
    }
    try {
      return Json.text(Json.MAPPER.readTree(asked));
    } catch (IOException e) {
      throw new DeliveryAdminException(
          "the id is no JSON object: write it as {\"a\":1,\"b\":2}, in quotes for the shell, as"
              + " rowhook deliveries shows it");
    }
  }

  /** Without saying what. */
  private void note(Erasure.Result result, String actor) throws InterruptedException {
    Erasure.Traces traces = result.traces();
    String done =
        "%s of its own, %s of others redacted; deliveries that ended, erased: %s; %s"
            .formatted(
                Count.of(traces.events(), "event"),
                Count.of(sum(traces.embedding()), "event"),
                traces.pending().isEmpty() ? "none" : new TreeMap<>(traces.pending()),
                result.left().orElse("the file was rewritten"));
    LOG.info("an entity was erased from the journal, as a person asked: {}", done);
    audit.record(actor, AuditEntry.Action.ENTITY_ERASED, "", done);
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private static ObjectNode json(boolean done, Erasure.Result result, Set<String> relatives) {
    Erasure.Traces traces = result.traces();
    ObjectNode json =
        Json.MAPPER.createObjectNode().put("done", done).put("events", traces.events());
    ObjectNode pending = json.putObject("pending");
    new TreeMap<>(traces.pending()).forEach(pending::put);
    json.put("pendingDeletions", traces.pendingDeletions());
    ObjectNode embedded = json.putObject("embedded");
    new TreeMap<>(traces.embedding()).forEach(embedded::put);
    json.put("unclear", traces.unclear());
    relatives.forEach(json.putArray("relatives")::add);
    return json.put("bytes", result.bytes())
        .put("left", result.left().orElse(null))
        .put("open", result.open());
  }
}
