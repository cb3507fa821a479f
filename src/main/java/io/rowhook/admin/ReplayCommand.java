package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.cli.Address;
import io.rowhook.admin.cli.FilterOptions;
import io.rowhook.admin.cli.ServiceClient;
import io.rowhook.admin.cli.TextFormat;
import io.rowhook.base.Count;
import java.io.PrintWriter;
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

/** {@code rowhook replay}: sends a range again, in order. */
@Command(
    name = "replay",
    description = {
      "Sends a range of events to a recipient again, in order, those that its subscriptions want"
          + " now; also what it was never sent. It waits while the recipient is paused."
    },
    footer = {
      "",
      "More than " + ReplayCommand.ASKED_ABOVE + " are counted first, and sent with --yes.",
      "Exit status: 0 if they are on their way, 1 if not (none found, --yes missing, the service is"
          + " not running)."
    },
    mixinStandardHelpOptions = true)
public final class ReplayCommand implements Callable<Integer> {

  /** More of them want a {@code --yes}. */
  static final int ASKED_ABOVE = 100;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ServiceClient service = new ServiceClient();
  @Mixin private FilterOptions filter = new FilterOptions();

  @Parameters(index = "0", paramLabel = "RECIPIENT", description = "To whom.")
  private String recipient = "";

  @Option(names = "--failed", description = "Only what failed; then no range is needed.")
  private boolean failed;

  @Option(names = "--yes", description = "Do it, however many they are.")
  private boolean yes;

  @Override
  public Integer call() throws InterruptedException {
    CommandSpec command = Objects.requireNonNull(spec);
    if (!failed && !filter.hasBounds()) {
      throw new ParameterException(
          command.commandLine(),
          "which range? Give --from, --to, --from-sequence or --to-sequence, or --failed");
    }
    ObjectNode request = filter.into(ServiceClient.request()).put("failed", failed);
    if (!yes) {
      request.put("atMost", ASKED_ABOVE);
    }
    JsonNode answer = service.post(Address.ofRecipient(recipient, "replay"), request);
    PrintWriter out = command.commandLine().getOut();
    service.show(answer, out, (done, to) -> to.println(words(done)));
    return answer.path("done").asBoolean() ? 0 : 1;
  }

  private String words(JsonNode answer) {
    long count = answer.path("count").asLong();
    if (answer.path("done").asBoolean()) {
      return Count.of(count, "delivery")
          + " to "
          + recipient
          + TextFormat.unlessHeld(answer, " go", " wait to go")
          + " out again"
          + TextFormat.held(answer);
    }
    return count == 0
        ? "Nothing to replay: nothing in this range is wanted, or all of it waits already"
        : "These are " + Count.of(count, "delivery") + ". Nothing was done: --yes does it";
  }
}
