package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.cli.Address;
import io.rowhook.admin.cli.ServiceClient;
import io.rowhook.admin.cli.TextFormat;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rowhook test}: sends a recipient a signed sample, and shows what came back. */
@Command(
    name = "test",
    description = {
      "Sends a recipient a signed sample, marked as a test, and prints the request's headers and the"
          + " answer. Works while the recipient is paused; the kill switch stops it."
    },
    footer = {
      "",
      "Exit status: 0 if the recipient acknowledged it, 1 if not or the service is not running."
    },
    mixinStandardHelpOptions = true)
public final class TestCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ServiceClient service = new ServiceClient();

  @Parameters(index = "0", paramLabel = "RECIPIENT", description = "To whom.")
  private String recipient = "";

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    JsonNode answer = service.post(Address.ofRecipient(recipient, "test"), ServiceClient.request());
    service.show(answer, out, TestCommand::print);
    return answer.path("acknowledged").asBoolean() ? 0 : 1;
  }

  private static void print(JsonNode sample, PrintWriter out) {
    out.println(TextFormat.text(sample.path("method")) + " " + TextFormat.body(sample.path("url")));
    for (JsonNode header : sample.path("headers")) {
      out.println(
          TextFormat.text(header.path("name")) + ": " + TextFormat.text(header.path("value")));
    }
    out.println();
    out.println(TextFormat.body(sample.path("body")));
    out.println();
    out.println(
        "answer  "
            + TextFormat.text(sample.path("status"))
            + " after "
            + sample.path("tookMillis").asText()
            + " ms");
    if (sample.path("answer").isTextual()) {
      out.println("        " + TextFormat.text(sample.path("answer")));
    }
    out.println(
        sample.path("acknowledged").asBoolean()
            ? "acknowledged"
            : "not acknowledged: " + TextFormat.text(sample.path("error")));
  }
}
