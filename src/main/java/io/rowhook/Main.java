package io.rowhook;

import io.rowhook.admin.AcceptCommand;
import io.rowhook.admin.AuditCommand;
import io.rowhook.admin.AuditLogCommand;
import io.rowhook.admin.CatalogCommand;
import io.rowhook.admin.CheckCommand;
import io.rowhook.admin.DeliveriesCommand;
import io.rowhook.admin.DiscardCommand;
import io.rowhook.admin.ForgetCommand;
import io.rowhook.admin.InitCommand;
import io.rowhook.admin.OpenApiCommand;
import io.rowhook.admin.PageCommand;
import io.rowhook.admin.PauseCommand;
import io.rowhook.admin.PreviewCommand;
import io.rowhook.admin.ReceiveCommand;
import io.rowhook.admin.RedeliverCommand;
import io.rowhook.admin.ReplayCommand;
import io.rowhook.admin.ResumeCommand;
import io.rowhook.admin.ResyncCommand;
import io.rowhook.admin.RunCommand;
import io.rowhook.admin.StatusCommand;
import io.rowhook.admin.TestCommand;
import io.rowhook.base.FileErrors;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line: picks the command, and turns its end into an exit status and words. */
@Command(
    name = "rowhook",
    description = "Committed row changes of an ERP's PostgreSQL database, as signed webhooks.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "rowhook COMMAND --help says what a command takes."},
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
public final class Main implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Main.class);

  @Spec private @Nullable CommandSpec spec;

  private Main() {}

  public static void main(String[] arguments) {
    // Debezium finds its own settings by small letters, which Turkish has not; and %d has digits
    // of its own in some languages, also in a statement.
    Locale.setDefault(Locale.ROOT);
    System.exit(
        commandLine(options -> new Service(options, System.getenv(), Observers.NONE).run())
            .execute(arguments));
  }

  /** The commands; apart from {@link #main} so that a test can run them in its own process. */
  static CommandLine commandLine(RunCommand.Service service) {
    CommandLine rowhook =
        new CommandLine(new Main())
            .addSubcommand(new RunCommand(service))
            .addSubcommand(new CheckCommand())
            .addSubcommand(new InitCommand())
            .addSubcommand(new PreviewCommand())
            .addSubcommand(new CatalogCommand())
            .addSubcommand(new StatusCommand())
            .addSubcommand(new PageCommand())
            .addSubcommand(new DeliveriesCommand())
            .addSubcommand(new AuditLogCommand())
            .addSubcommand(new RedeliverCommand())
            .addSubcommand(new ReplayCommand())
            .addSubcommand(new ResyncCommand())
            .addSubcommand(new AuditCommand())
            .addSubcommand(new DiscardCommand())
            .addSubcommand(new ForgetCommand())
            .addSubcommand(new PauseCommand())
            .addSubcommand(new ResumeCommand())
            .addSubcommand(new AcceptCommand())
            .addSubcommand(new TestCommand())
            .addSubcommand(new ReceiveCommand())
            .addSubcommand(new OpenApiCommand());
    rowhook
        .getSubcommands()
        .values()
        .forEach(c -> c.getCommandSpec().versionProvider(new Version()));
    return rowhook
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler((wrong, arguments) -> usage(wrong))
        .setExecutionExceptionHandler((failure, command, parsed) -> report(failure, command));
  }

  /** Without a command there is nothing that could be done. */
  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(spec.commandLine(), "Which command? None was given.");
    }
  }

  /** What is wrong with the command line, what may be meant, and how it goes. */
  private static int usage(ParameterException wrong) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(command.getCommandSpec().qualifiedName() + ": " + wrong.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(wrong, err);
    err.println();
    command.usage(err);
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }

  /** A user is told what is wrong in words; the trace is for who has asked for it. */
  private static int report(Exception failure, CommandLine command) {
    log.debug("{} failed", command.getCommandSpec().qualifiedName(), failure);
    PrintWriter err = command.getErr();
    err.println(command.getCommandSpec().qualifiedName() + ": " + words(failure));
    err.flush();
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static String words(Exception failure) {
    if (failure instanceof FileSystemException refused) {
      return FileErrors.words(refused);
    }
    String message = failure.getMessage();
    return message != null && !message.isBlank() && !(failure instanceof NullPointerException)
        ? message
        : "a fault of Rowhook itself, "
            + failure.getClass().getName()
            + "; ROWHOOK_LOG=debug shows where";
  }

  /** The version that Maven wrote into the jar. */
  static final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
      return new String[] {text()};
    }

    static String text() {
      String version = Main.class.getPackage().getImplementationVersion();
      return "rowhook " + (version != null ? version : "(development)");
    }
  }
}
