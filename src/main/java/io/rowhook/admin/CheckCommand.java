package io.rowhook.admin;

import io.rowhook.admin.check.Inspection;
import io.rowhook.admin.check.Report;
import io.rowhook.admin.cli.TemplatesOption;
import io.rowhook.admin.init.Login;
import io.rowhook.admin.init.PostgresUri;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.SourceException;
import io.rowhook.journal.Disks;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rowhook check}: all that can be judged without running, and what mends it. */
@Command(
    name = "check",
    description = {
      "Looks at everything that can be judged without running: settings, the source and its tables,"
          + " templates, recipients, the journal's place, this machine. Changes nothing, sends"
          + " nothing, and needs no running service; one that runs is not disturbed.",
      "Each finding says what it means for webhooks, and the statement or line that mends it. What"
          + " rowhook run would refuse is an error, in the same words."
    },
    footer = {
      "",
      "An error: rowhook run refuses it, or webhooks will be missing. A warning: some webhook will"
          + " not be what was meant. Advice: good to know, and maybe meant so.",
      "",
      "Exit status: 0 if nothing is worse than advice, or than a warning without --strict; 1 with an"
          + " error; 2 with --strict and warnings, and also if the command line is wrong."
    },
    mixinStandardHelpOptions = true)
public final class CheckCommand implements Callable<Integer> {

  /** How it is printed. */
  private static final class Form {
    @Option(names = "--json", description = "Print one JSON object, for programs.")
    private boolean json;

    @Option(
        names = "--quiet",
        description = "Print errors and warnings only; nothing if all is good.")
    private boolean quiet;
  }

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "DIR",
      defaultValue = "${env:ROWHOOK_CONFIG:-connector-config}",
      description = "The settings (default: $ROWHOOK_CONFIG, else connector-config).")
  private Path config = Path.of("connector-config");

  @Mixin private TemplatesOption templates = new TemplatesOption();

  @Option(
      names = "--journal",
      paramLabel = "FILE",
      description = "The journal, instead of the one that rowhook.yaml names.")
  private @Nullable Path journal;

  @Option(
      names = "--test",
      description = "Send each recipient a test delivery, signed and marked as such.")
  private boolean test;

  @Option(
      names = "--against",
      paramLabel = "URI",
      description = {
        "The ERP's next version, postgresql://user@host:5432/database, as a test copy after its"
            + " upgrade: says only which recipient loses which key by it. Is read, and needs"
            + " neither slot nor publication. The password: in the URI, ~/.pgpass, or $PGPASSWORD."
      })
  private @Nullable String against;

  @Option(names = "--strict", description = "Let warnings decide the exit status too.")
  private boolean strict;

  @ArgGroup private @Nullable Form form;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    if (test && against != null) {
      throw new ParameterException(
          spec.commandLine(), "--test sends to recipients, which --against does not look at");
    }
    Report report =
        Inspection.of(
            new Inspection.Request(
                config,
                templates.directory(),
                Optional.ofNullable(journal),
                test,
                Optional.ofNullable(against).map(this::database),
                false,
                System.getenv(),
                InstantSource.system(),
                Disks.SYSTEM));
    if (form != null && form.json) {
      out.println(report.json());
    } else {
      report.print(out, form != null && form.quiet);
    }
    out.flush();
    return report.status(strict);
  }

  private SourceConfig database(String uri) {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    try {
      String user = System.getenv().getOrDefault("PGUSER", System.getProperty("user.name", ""));
      return new Login(
              System.getenv(), Optional.ofNullable(System.console()).filter(Console::isTerminal))
          .source(PostgresUri.parse(uri, user), true);
    } catch (IllegalArgumentException | SourceException e) {
      throw new ParameterException(line, "--against: " + e.getMessage());
    }
  }
}
