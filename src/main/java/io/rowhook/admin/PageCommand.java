package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.cli.Address;
import io.rowhook.admin.cli.ServiceClient;
import io.rowhook.base.Json;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rowhook page}: where the running service is looked at and operated in a browser. */
@Command(
    name = "page",
    description = {
      "Prints the address of the running service's page, for a browser on this machine: what flows,"
          + " waits and fails, and all that the API can change. A token is part of it, that of the"
          + " commands: whoever has the address may operate the service until it is stopped.",
      "Where admin in rowhook.yaml names an address, the page is there as well, and asks for a token"
          + " of rowhook.yaml."
    },
    footer = {"", "Exit status: 0 if the service told, 1 if it is not running."},
    mixinStandardHelpOptions = true)
public final class PageCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ServiceClient service = new ServiceClient();

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    JsonNode settings = service.get(Address.of("v1", "settings")); // it runs, and the token is good
    String configured = settings.path("admin").path("address").asText("");
    ObjectNode answer = Json.MAPPER.createObjectNode().put("address", service.page());
    answer.put("configured", configured.startsWith("http") ? configured + "/" : null);
    service.show(answer, out, PageCommand::print);
    return 0;
  }

  private static void print(JsonNode answer, PrintWriter out) {
    out.println(answer.path("address").asText());
    out.println();
    out.println("Whoever has this address may operate the service until it is stopped.");
    if (answer.path("configured").isTextual()) {
      out.println(
          "The page is at "
              + answer.path("configured").asText()
              + " as well, with a token of rowhook.yaml.");
    }
  }
}
