package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.cli.Address;
import io.rowhook.admin.cli.ErasureText;
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

/** {@code rowhook forget}: drops a recipient that has no file any more, or erases an entity. */
@Command(
    name = "forget",
    description = {
      "Erases what the journal has of one entity, as Customer:7: its events, what was merged of"
          + " them, deliveries, attempts and answers, and its row where events of other entities"
          + " embed it. The journal's file is rewritten, so that nothing of it is left there. Erase"
          + " it in the ERP first, and have recipients told of that: deliveries that still wait"
          + " end, erased.",
      "Or forgets a recipient that has no file any more, with all that is kept for it: its place in"
          + " the journal, what waits and what failed. A new file of its name begins anew, with"
          + " what happens next. Without this command that happens after the retention time."
    },
    footer = {
      "",
      "What is dropped is said first, and dropped with --yes. There is no way back.",
      "Exit status: 0 if it was forgotten and no trace is left, 1 if not (--yes missing, a"
          + " recipient that has a file, no such entity or recipient, an id that cannot be one, the"
          + " service is not running)."
    },
    mixinStandardHelpOptions = true)
public final class ForgetCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ServiceClient service = new ServiceClient();

  @Parameters(
      paramLabel = "ENTITY:ID|RECIPIENT",
      description = {
        "Customer:7; with an id of several columns 'Order:{\"a\":1,\"b\":2}', as rowhook deliveries"
            + " shows it. Or a recipient's name, as rowhook status shows it."
      })
  private String what = "";

  @Option(names = "--yes", description = "Do it.")
  private boolean yes;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    int colon = what.indexOf(':'); // no recipient's name has one
    if (colon >= 0) {
      JsonNode answer =
          service.post(
              Address.of(
                  "v1", "entities", what.substring(0, colon), what.substring(colon + 1), "erase"),
              ServiceClient.request().put("dryRun", !yes));
      service.show(answer, out, (done, to) -> ErasureText.lines(what, done).forEach(to::println));
      return answer.path("done").asBoolean() && answer.path("left").isNull() ? 0 : 1;
    }
    JsonNode answer =
        service.post(
            Address.ofRecipient(what, "forget"), ServiceClient.request().put("dryRun", !yes));
    service.show(answer, out, (done, to) -> to.println(words(done)));
    return answer.path("done").asBoolean() ? 0 : 1;
  }

  private String words(JsonNode answer) {
    String dropped = answer.path("dropped").asText();
    return answer.path("done").asBoolean()
        ? what + " is forgotten; dropped: " + dropped
        : what + " would lose: " + dropped + ". Nothing was done: --yes does it";
  }
}
