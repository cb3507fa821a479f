package io.rowhook.admin;

import io.rowhook.admin.cli.Address;
import io.rowhook.admin.cli.ServiceClient;
import io.rowhook.admin.cli.TextFormat;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rowhook redeliver}: sends deliveries again, now. */
@Command(
    name = "redeliver",
    description = {
      "Sends deliveries to a recipient again, now, delivered, failed or waiting ones: with the same"
          + " id, rendered anew, also while the recipient is paused. While the kill switch is set,"
          + " they wait."
    },
    footer = {
      "",
      "Exit status: 0 if all of them go out, now or when the kill switch is cleared, 1 if one"
          + " cannot be or the service is not running."
    },
    mixinStandardHelpOptions = true)
public final class RedeliverCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ServiceClient service = new ServiceClient();

  @Parameters(index = "0", paramLabel = "RECIPIENT", description = "To whom.")
  private String recipient = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "EVENT",
      description = "Which: ids (evt_...) or sequences, as rowhook deliveries shows them.")
  private List<String> events = new ArrayList<>();

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    for (String event : events) {
      service.show(
          service.post(
              Address.ofRecipient(recipient, "deliveries", event, "redeliver"),
              ServiceClient.request()),
          out,
          (answer, to) ->
              to.println(
                  answer.path("event").asText()
                      + TextFormat.unlessHeld(answer, " goes", " waits to go")
                      + " to "
                      + recipient
                      + " again"
                      + TextFormat.held(answer)));
    }
    return 0;
  }
}
