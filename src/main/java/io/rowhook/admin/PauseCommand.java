package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.cli.Address;
import io.rowhook.admin.cli.RecipientOrAll;
import io.rowhook.admin.cli.ServiceClient;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rowhook pause}: one recipient, or with the kill switch all of them. */
@Command(
    name = "pause",
    description = {
      "Sends a recipient nothing until rowhook resume; its backlog waits, in order. With --all:"
          + " the kill switch, nothing is sent to anyone, not even what a person redelivers."
    },
    footer = {
      "",
      "Exit status: 0 if it is so now, also if it was before, 1 if not or the service is not"
          + " running."
    },
    mixinStandardHelpOptions = true)
public final class PauseCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ServiceClient service = new ServiceClient();

  @ArgGroup(multiplicity = "1")
  private RecipientOrAll recipientOrAll = new RecipientOrAll();

  @Option(
      names = "--reason",
      paramLabel = "WORDS",
      description = "Why, for whoever looks at rowhook status.")
  private @Nullable String reason;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    ObjectNode request = ServiceClient.request().put("reason", reason);
    String recipient = recipientOrAll.recipient();
    JsonNode answer =
        recipient == null
            ? service.put(RecipientOrAll.KILL_SWITCH, request)
            : service.post(Address.ofRecipient(recipient, "pause"), request);
    service.show(answer, out, (done, to) -> to.println(words(done.path("count").asLong() > 0)));
    return 0;
  }

  private String words(boolean changed) {
    if (recipientOrAll.all()) {
      return changed
          ? "Nothing is sent to anyone until rowhook resume --all"
          : "The kill switch was set already";
    }
    return changed
        ? recipientOrAll.recipient()
            + " is paused until rowhook resume "
            + recipientOrAll.recipient()
        : recipientOrAll.recipient() + " was paused already";
  }
}
