package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.cli.Address;
import io.rowhook.admin.cli.RecipientOrAll;
import io.rowhook.admin.cli.ServiceClient;
import io.rowhook.admin.cli.TextFormat;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rowhook resume}: one recipient, or with the kill switch all of them. */
@Command(
    name = "resume",
    description = {
      "Goes on sending to a recipient, whatever paused it: a person, failures, a 410. With --all:"
          + " clears the kill switch; recipients that are paused themselves stay so."
    },
    footer = {
      "",
      "Exit status: 0 if it is so now, also if it was before, 1 if not or the service is not"
          + " running."
    },
    mixinStandardHelpOptions = true)
public final class ResumeCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ServiceClient service = new ServiceClient();

  @ArgGroup(multiplicity = "1")
  private RecipientOrAll recipientOrAll = new RecipientOrAll();

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    String recipient = recipientOrAll.recipient();
    JsonNode answer =
        recipient == null
            ? service.delete(RecipientOrAll.KILL_SWITCH)
            : service.post(Address.ofRecipient(recipient, "resume"), ServiceClient.request());
    service.show(answer, out, (done, to) -> to.println(words(done)));
    return 0;
  }

  private String words(JsonNode answer) {
    boolean changed = answer.path("count").asLong() > 0;
    if (recipientOrAll.all()) {
      return changed ? "The kill switch is cleared" : "The kill switch was not set";
    }
    return recipientOrAll.recipient()
        + (changed
            ? TextFormat.unlessHeld(answer, " is sent to again", " is not paused any more")
            : " was not paused")
        + TextFormat.held(answer);
  }
}
