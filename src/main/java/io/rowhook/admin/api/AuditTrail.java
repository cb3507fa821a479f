package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import io.rowhook.journal.AuditEntry.Action;
import io.rowhook.journal.AuditLog;
import java.io.IOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes in the audit log what operations have done to deliveries, pauses, resyncs and audits, and
 * who has asked for it. Edits of settings are noted where they are made. Any thread.
 */
public final class AuditTrail {

  private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);

  private static final Map<String, Action> ACTIONS =
      Map.ofEntries(
          Map.entry("pauseRecipient", Action.RECIPIENT_PAUSED),
          Map.entry("resumeRecipient", Action.RECIPIENT_RESUMED),
          Map.entry("forgetRecipient", Action.RECIPIENT_FORGOTTEN),
          Map.entry("acceptMissing", Action.MISSING_ACCEPTED),
          Map.entry("acceptLetGo", Action.MISSING_ACCEPTED),
          Map.entry("setKillSwitch", Action.KILL_SWITCH_SET),
          Map.entry("clearKillSwitch", Action.KILL_SWITCH_CLEARED),
          Map.entry("redeliver", Action.DELIVERIES_REDELIVERED),
          Map.entry("replay", Action.DELIVERIES_REPLAYED),
          Map.entry("discardDelivery", Action.DELIVERIES_DISCARDED),
          Map.entry("discardDeliveries", Action.DELIVERIES_DISCARDED),
          Map.entry("beginResync", Action.RESYNC_BEGUN),
          Map.entry("cancelResync", Action.RESYNC_CANCELLED),
          Map.entry("beginAudits", Action.AUDIT_BEGUN),
          Map.entry("cancelAudit", Action.AUDIT_CANCELLED));

  private AuditTrail() {}

  /** Who asks, as the audit log has it: {@code operate token 10.0.0.7}. */
  static String actor(ApiRequest request) {
    return request.caller().actor();
  }

  /** Notes what an operation has done; nothing where it has changed nothing. */
  public static void note(AuditLog audit, Operation operation, ApiRequest request, ApiAnswer answer)
      throws InterruptedException {
    Action action = ACTIONS.get(operation.id());
    if (action == null) {
      return;
    }
    JsonNode done = json(answer);
    boolean nothing = done.has("count") && done.path("count").asLong() == 0;
    if (nothing || !done.path("done").asBoolean(true)) {
      return;
    }
    audit.record(
        actor(request),
        action,
        request.optional("recipient").orElse(done.path("recipient").asText("")),
        detail(action, request, done));
  }

  /** In words, without ids of entities and without conditions: these are values of the source. */
  private static String detail(Action action, ApiRequest request, JsonNode done) {
    return switch (action) {
      case MISSING_ACCEPTED -> done.path("what").asText("");
      case RECIPIENT_PAUSED, KILL_SWITCH_SET -> request.optional("reason").orElse("");
      case RECIPIENT_FORGOTTEN -> done.path("dropped").asText("");
      case RESYNC_BEGUN, RESYNC_CANCELLED ->
          "resync " + done.path("id").asText() + " of " + done.path("entity").asText();
      case AUDIT_BEGUN ->
          done.path("audits").size()
              + (request.fields().path("repair").asBoolean() ? ", mending" : "");
      case AUDIT_CANCELLED ->
          "audit " + done.path("id").asText() + " of " + done.path("entity").asText();
      case DELIVERIES_REDELIVERED, DELIVERIES_REPLAYED, DELIVERIES_DISCARDED ->
          request
              .optional("event")
              .map(event -> "event " + event)
              .orElseGet(() ->
                  done.path("count").asLong()
                      + " deliveries"
                      + request.optional("entity").map(entity -> " of " + entity).orElse(""));
      default -> "";
    };
  }

  private static JsonNode json(ApiAnswer answer) {
    try {
      return Json.MAPPER.readTree(answer.body());
    } catch (IOException e) {
      LOG.debug("an answer that is no JSON is of no change", e);
      return Json.MAPPER.createObjectNode();
    }
  }
}
