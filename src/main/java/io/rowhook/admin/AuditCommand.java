package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.cli.Address;
import io.rowhook.admin.cli.AuditLine;
import io.rowhook.admin.cli.RateConverter;
import io.rowhook.admin.cli.ServiceClient;
import io.rowhook.admin.cli.TextFormat;
import io.rowhook.admin.cli.TextTable;
import io.rowhook.journal.StateAudit;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rowhook audit}: holds what recipients have against what the source has. */
@Command(
    name = "audit",
    description = {
      "Holds what recipients have against what the source has: for each entity the state that a"
          + " recipient acknowledged last against the one in the database, while changes go on. What"
          + " differs is looked at again once it has settled, and told by its id, with the reason."
          + " Nobody is sent anything, unless --repair is given.",
      "It goes on by itself, also after the service was stopped or killed."
    },
    footer = {
      "",
      "  rowhook audit                        all recipients, all entities",
      "  rowhook audit shop Article --wait    and wait for what is found",
      "  rowhook audit shop Article --repair  and send again what differs",
      "  rowhook audit --show 4               what one has found",
      "  rowhook audit --list",
      "  rowhook audit --cancel 4",
      "",
      "missing: the source has it, the recipient does not. stale: the recipient has another state."
          + " superfluous: the recipient alone has it.",
      "",
      "Exit status: 0 if it has begun, or with --wait and --show nothing differs; 1 if something"
          + " does, or it has not begun (a recipient that is not told of each state, one that runs"
          + " already, the service is not running)."
    },
    mixinStandardHelpOptions = true)
public final class AuditCommand implements Callable<Integer> {

  private static final long BETWEEN_LOOKS = 500;
  private static final Address AUDITS = Address.of("v1", "audits");

  /** Between two lines about how far one is. */
  private static final long BETWEEN_LINES = 10_000;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ServiceClient service = new ServiceClient();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "RECIPIENT",
      description = "Whom; without: all.")
  private @Nullable String recipient;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "ENTITY",
      description = "Of what, as entities.yaml names it; without: of all.")
  private @Nullable String entity;

  @Option(
      names = "--repair",
      description =
          "Send again what differs, to this recipient alone: as event Snapshot, and Deleted for what"
              + " the source has no more.")
  private boolean repair;

  @Option(
      names = "--rate",
      converter = RateConverter.class,
      paramLabel = "N/s",
      description =
          "Read at most so many entities a second (default: " + StateAudit.DEFAULT_RATE + "/s).")
  private @Nullable Long rate;

  @Option(
      names = "--wait",
      description =
          "Return only once all have ended, or the one that --show names; show what they found.")
  private boolean wait;

  @Option(names = "--show", paramLabel = "NUMBER", description = "Show what one has found.")
  private @Nullable Long show;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "Show at most so many of what differs, up to 1000 (default: ${DEFAULT-VALUE}).")
  private long limit;

  @Option(names = "--list", description = "Show those that run and ran, the newest first.")
  private boolean list;

  @Option(names = "--cancel", paramLabel = "NUMBER", description = "End one that runs.")
  private @Nullable Long cancel;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = command().commandLine().getOut();
    checkOne();
    if (list) {
      service.show(service.get(AUDITS), out, AuditCommand::print);
      return 0;
    }
    Long number = cancel;
    if (number != null) {
      JsonNode answer = service.delete(Address.of("v1", "audits", number.toString()));
      service.show(answer, out, (audit, to) -> to.println(AuditLine.of(audit)));
      return 0;
    }
    number = show;
    if (number != null) {
      if (wait) {
        await(number, out);
      }
      return show(List.of(number), out);
    }
    JsonNode answer = service.post(AUDITS, request());
    if (!wait) {
      service.show(answer, out, AuditCommand::begun);
      return 0;
    }
    if (!service.json()) {
      begun(answer, out);
      out.flush();
    }
    List<Long> ids = new ArrayList<>();
    answer.path("audits").forEach(one -> ids.add(one.path("id").asLong()));
    for (long id : ids) {
      await(id, out);
    }
    return show(ids, out);
  }

  /** What is asked of audits that there are says nothing of new ones. */
  private void checkOne() {
    long asked = Stream.of(list ? list : null, cancel, show).filter(Objects::nonNull).count();
    if (asked > 1 || (asked == 1 && (recipient != null || repair || rate != null))) {
      throw new ParameterException(
          command().commandLine(),
          "--list, --show and --cancel are each of audits that have begun, so they go alone: without"
              + " RECIPIENT, ENTITY, --repair and --rate");
    }
  }

  private static void print(JsonNode answer, PrintWriter out) {
    if (answer.path("audits").isEmpty()) {
      out.println("There are none.");
    }
    answer.path("audits").forEach(one -> out.println(AuditLine.of(one)));
  }

  private static void begun(JsonNode answer, PrintWriter out) {
    for (JsonNode one : answer.path("audits")) {
      out.printf(
          "%d %s of %s has begun: rowhook audit --show %1$d says how far it is and what it found%n",
          one.path("id").asLong(),
          TextFormat.text(one.path("entity")),
          TextFormat.text(one.path("recipient")));
    }
    for (JsonNode one : answer.path("refused")) {
      out.printf(
          "not %s of %s: %s%n",
          TextFormat.text(one.path("entity")),
          TextFormat.text(one.path("recipient")),
          TextFormat.text(one.path("why")));
    }
  }

  private void await(long id, PrintWriter out) throws InterruptedException {
    long said = System.nanoTime();
    while (true) {
      JsonNode audit = service.get(Address.of("v1", "audits", Long.toString(id)));
      if (!audit.path("state").asText().equals("running")) {
        return;
      }
      if (!service.json() && System.nanoTime() - said > BETWEEN_LINES * 1_000_000) {
        out.println(AuditLine.of(audit));
        out.flush();
        said = System.nanoTime();
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
  }

  /** Shows what some have found; returns the exit status. */
  private int show(List<Long> ids, PrintWriter out) throws InterruptedException {
    boolean good = true;
    ObjectNode all = ServiceClient.request();
    for (long id : ids) {
      Address place = Address.of("v1", "audits", Long.toString(id));
      ObjectNode audit = (ObjectNode) service.get(place);
      good &= !AuditLine.differs(audit) && !audit.path("state").asText().equals("failed");
      JsonNode found =
          service.get(
              Address.of("v1", "audits", Long.toString(id), "differences").with("limit", limit));
      audit.setAll((ObjectNode) found);
      all.withArray("audits").add(audit);
    }
    service.show(all, out, this::found);
    return good ? 0 : 1;
  }

  private void found(JsonNode all, PrintWriter out) {
    for (JsonNode audit : all.path("audits")) {
      out.println(AuditLine.of(audit));
      if (!audit.path("differences").isEmpty()) {
        TextTable table = new TextTable("ID", "DIFFERS", "WHY");
        for (JsonNode one : audit.path("differences")) {
          table.row(
              TextFormat.text(one.path("entityId")),
              one.path("kind").asText(),
              why(one.path("why").asText()));
        }
        table.print(out);
      }
      if (audit.path("next").isTextual()) {
        out.println("There are more: --limit shows up to 1000, the API all");
      }
    }
  }

  private static String why(String why) {
    return switch (why) {
      case "failed" -> "its delivery ended failed";
      case "discarded" -> "a person discarded its delivery";
      case "limit" -> "the limit of the backlog let its delivery go";
      case "unwanted" -> "the subscriptions did not want the event";
      case "before" ->
          "never told: older than the recipient, or than what was kept; or a gap, muted, moved there";
      case "template" -> "sent by another attribute set than now";
      case "partial" -> "sent without what could not be read then";
      case "waiting" -> "a delivery is on its way, or waits";
      default ->
          "no event told it: an embedded row, ALTER TABLE or TRUNCATE, a gap, muted, or an edit of entities.yaml";
    };
  }

  private ObjectNode request() {
    ObjectNode request = ServiceClient.request();
    if (recipient != null) {
      request.put("recipient", recipient);
    }
    if (entity != null) {
      request.put("entity", entity);
    }
    if (repair) {
      request.put("repair", true);
    }
    if (rate != null) {
      request.put("rate", rate);
    }
    return request;
  }

  private CommandSpec command() {
    return Objects.requireNonNull(spec);
  }
}
