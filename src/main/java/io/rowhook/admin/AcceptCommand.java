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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rowhook accept}: what is known to be missing holds no mark back any more. */
@Command(
    name = "accept",
    description = {
      "Accepts that something is missing, so that recipients are told again up to when they have"
          + " everything. Without RECIPIENT: changes of the source that the journal lacks, which"
          + " rowhook status names. With it: what the limit of its backlog let go. Mend it first"
          + " where it matters: rowhook resync."
    },
    footer = {
      "",
      "Exit status: 0 if nothing is held back by it now, 1 if the service is not running."
    },
    mixinStandardHelpOptions = true)
public final class AcceptCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ServiceClient service = new ServiceClient();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "RECIPIENT",
      description = "Whose backlog let go of something.")
  private @Nullable String recipient;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    String name = recipient;
    Address address =
        name == null ? Address.of("v1", "missing", "accept") : Address.ofRecipient(name, "accept");
    JsonNode answer = service.post(address, ServiceClient.request());
    service.show(answer, out, (done, to) -> to.println(words(done, name)));
    return 0;
  }

  private static String words(JsonNode answer, @Nullable String recipient) {
    boolean changed = answer.path("count").asLong() > 0;
    if (recipient == null) {
      return changed
          ? "Accepted: marks move on from the next look at the source"
          : "No changes of the source are known to be missing";
    }
    return changed
        ? "Accepted: what " + recipient + "'s backlog let go holds its mark back no more"
        : recipient + "'s backlog has let go of nothing";
  }
}
