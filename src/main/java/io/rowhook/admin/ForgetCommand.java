package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.cli.Address;
import io.rowhook.admin.cli.ServiceClient;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rowhook forget}: drops a recipient that has no file any more. */
@Command(
    name = "forget",
    description = {
      "Forgets a recipient that has no file any more, with all that is kept for it: its place in the"
          + " journal, what waits and what failed. A new file of its name begins anew, with what"
          + " happens next. Without this command that happens after the retention time."
    },
    footer = {
      "",
      "What is dropped is said first, and dropped with --yes. There is no way back.",
      "Exit status: 0 if it was forgotten, 1 if not (it has a file, --yes missing, there is no such"
          + " recipient, the service is not running)."
    },
    mixinStandardHelpOptions = true)
public final class ForgetCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ServiceClient service = new ServiceClient();

  @Parameters(paramLabel = "RECIPIENT", description = "Its name, as rowhook status shows it.")
  private String recipient = "";

  @Option(names = "--yes", description = "Do it.")
  private boolean yes;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    JsonNode answer =
        service.post(
            Address.ofRecipient(recipient, "forget"), ServiceClient.request().put("dryRun", !yes));
    service.show(answer, out, (done, to) -> to.println(words(done)));
    return answer.path("done").asBoolean() ? 0 : 1;
  }

  private String words(JsonNode answer) {
    String dropped = answer.path("dropped").asText();
    return answer.path("done").asBoolean()
        ? recipient + " is forgotten; dropped: " + dropped
        : recipient + " would lose: " + dropped + ". Nothing was done: --yes does it";
  }
}
