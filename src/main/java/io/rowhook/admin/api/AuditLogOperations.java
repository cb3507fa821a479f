package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.RunningService;
import io.rowhook.base.Json;
import io.rowhook.journal.AuditEntry;
import io.rowhook.journal.AuditEntry.Action;
import io.rowhook.journal.AuditLog;
import java.util.Arrays;
import java.util.List;

/** Who has done what to the service. */
final class AuditLogOperations {

  private static final int MOST = 1_000;
  private static final int USUAL = 50;

  private static final List<String> ACTIONS =
      Arrays.stream(Action.values()).map(Action::text).toList();

  private static final Schema ENTRY =
      Schema.named(
          "AuditEntry",
          Schema.fields()
              .must("number", Schema.count())
              .must("at", Schema.time())
              .must("actor", Schema.text().about("who; `file`: whoever edited the files by hand"))
              .must("action", Schema.oneOf(ACTIONS))
              .must("subject", Schema.text().about("to what, by name; may be empty"))
              .must("detail", Schema.text().about("in words, without values and secrets")));

  static final List<Operation> ALL =
      List.of(
          Operation.get("/v1/audit-log", "listAuditEntries")
              .says("Service", "Who has done what, the newest first")
              .about("Entries are kept for a year, whatever the retention of events.")
              .with(
                  Parameter.query("action", Schema.oneOf(ACTIONS), "of this kind only"),
                  Parameter.query(
                      "subject", Schema.text(1, 255), "what was done to this one: a name"),
                  Parameter.query("from", Schema.time(), "at or after"),
                  Parameter.query("to", Schema.time(), "before"),
                  Parameter.query(
                      "limit", Schema.whole(1, MOST), "at most so many; without: " + USUAL),
                  Parameter.query(
                      "cursor", Common.CURSOR, "the page after one that said so: its `next`"))
              .answers(
                  200,
                  "A page",
                  Schema.fields().must("entries", Schema.list(ENTRY)).must("next", Common.NEXT))
              .by(AuditLogOperations::list));

  private AuditLogOperations() {}

  private static ApiAnswer list(RunningService service, ApiRequest request) {
    Long limit = request.number("limit");
    int most = limit == null ? USUAL : limit.intValue();
    List<AuditEntry> found =
        service
            .journal()
            .audit()
            .find(
                new AuditLog.Query(
                    request.optional("action").map(Action::of).orElse(null),
                    request.optional("subject").orElse(null),
                    request.instant("from"),
                    request.instant("to"),
                    Common.cursor(request),
                    most + 1));
    boolean more = found.size() > most;
    List<AuditEntry> page = more ? found.subList(0, most) : found;
    ObjectNode json = Json.MAPPER.createObjectNode();
    ArrayNode entries = json.putArray("entries");
    for (AuditEntry entry : page) {
      entries
          .addObject()
          .put("number", entry.number())
          .put("at", entry.at().toString())
          .put("actor", entry.actor())
          .put("action", entry.action().text())
          .put("subject", entry.subject())
          .put("detail", entry.detail());
    }
    return ApiAnswer.ok(
        more ? json.put("next", Long.toString(page.getLast().number())) : json.putNull("next"));
  }
}
