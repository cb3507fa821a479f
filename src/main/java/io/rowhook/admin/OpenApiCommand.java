package io.rowhook.admin;

import io.rowhook.admin.api.OpenApi;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rowhook openapi}: prints the document of the API. */
@Command(
    name = "openapi",
    description =
        "Prints the document of the admin API, OpenAPI 3.1, as the service answers it at"
            + " /openapi.json. Needs no service.",
    mixinStandardHelpOptions = true)
public final class OpenApiCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    out.println(OpenApi.document().toPrettyString());
    out.flush();
    return 0;
  }
}
