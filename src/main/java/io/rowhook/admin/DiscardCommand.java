package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.cli.Address;
import io.rowhook.admin.cli.FilterOptions;
import io.rowhook.admin.cli.ServiceClient;
import io.rowhook.base.Count;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rowhook discard}: lets deliveries go. */
@Command(
    name = "discard",
    description = {
      "Lets deliveries go: they end failed, 'discarded by a person', what is blocked behind them goes"
          + " on, and they are removed once they are old. Until then they can be redelivered."
    },
    footer = {
      "",
      "What --all-of means is counted first, and discarded with --yes.",
      "Exit status: 0 if they were discarded, 1 if not (none found, --yes missing, the service is not"
          + " running)."
    },
    mixinStandardHelpOptions = true)
public final class DiscardCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ServiceClient service = new ServiceClient();
  @Mixin private FilterOptions filter = new FilterOptions();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "RECIPIENT",
      description = "Whose, with the events to discard.")
  private @Nullable String recipient;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "EVENT",
      description = "Which: ids (evt_...) or sequences, as rowhook deliveries shows them.")
  private List<String> events = new ArrayList<>();

  @Option(
      names = "--all-of",
      paramLabel = "RECIPIENT",
      description = "All of this recipient that wait, are blocked or failed; see --state.")
  private @Nullable String allOf;

  @Option(
      names = "--state",
      split = ",",
      paramLabel = "STATE",
      description = {
        "With --all-of: only those waiting, blocked, failed or pending; may be several. Pending are"
            + " those that were never attempted: a backlog is dropped by --state pending."
      })
  private List<String> states = new ArrayList<>();

  @Option(names = "--yes", description = "With --all-of: do it.")
  private boolean yes;

  @Override
  public Integer call() throws InterruptedException {
    CommandSpec command = Objects.requireNonNull(spec);
    PrintWriter out = command.commandLine().getOut();
    if ((allOf == null) == (recipient == null) || (allOf == null && events.isEmpty())) {
      throw new ParameterException(
          command.commandLine(), "which? Give a recipient and events, or --all-of a recipient");
    }
    if (allOf != null) {
      ObjectNode request = filter.into(ServiceClient.request()).put("dryRun", !yes);
      if (!states.isEmpty()) {
        states.forEach(request.putArray("states")::add);
      }
      JsonNode answer = service.post(Address.ofRecipient(allOf, "discard"), request);
      service.show(answer, out, (done, to) -> to.println(words(done)));
      return answer.path("done").asBoolean() ? 0 : 1;
    }
    for (String event : events) {
      service.show(
          service.post(
              Address.ofRecipient(
                  Objects.requireNonNull(recipient), "deliveries", event, "discard"),
              ServiceClient.request()),
          out,
          (answer, to) -> to.println(event + " to " + recipient + " is discarded"));
    }
    return 0;
  }

  private static String words(JsonNode answer) {
    long count = answer.path("count").asLong();
    if (answer.path("done").asBoolean()) {
      return Count.of(count, "delivery") + " discarded";
    }
    return count == 0
        ? "Nothing to discard"
        : "These are " + Count.of(count, "delivery") + ". Nothing was done: --yes does it";
  }
}
