package io.rowhook.admin;

import io.rowhook.admin.cli.TextTable;
import io.rowhook.admin.init.Additions;
import io.rowhook.admin.init.Draft;
import io.rowhook.admin.init.ImpliedKeys;
import io.rowhook.admin.init.Login;
import io.rowhook.admin.init.PostgresUri;
import io.rowhook.admin.init.SqlStatements;
import io.rowhook.admin.init.TablePatterns;
import io.rowhook.admin.init.TickList;
import io.rowhook.base.Count;
import io.rowhook.base.DidYouMean;
import io.rowhook.capture.MissingGrant;
import io.rowhook.capture.SourceCatalog;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.SourceStatements;
import io.rowhook.capture.SourceValidator;
import io.rowhook.capture.TableId;
import io.rowhook.entity.CapturePlan;
import io.rowhook.settings.Settings;
import io.rowhook.settings.SettingsException;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rowhook init}: from a database's catalog to settings that can be read and run. */
@Command(
    name = "init",
    description = {
      "Reads a database's catalog and writes settings from it: which tables are business objects,"
          + " their parts and references, what must not be sent, and the statements that the owner"
          + " of the tables has to run. Reads in one read-only transaction, and no row unless"
          + " --samples is given; executes nothing unless --apply is given.",
      "What is there already is not overwritten. Run again, after an upgrade of the ERP, it says"
          + " what is new, as text to add."
    },
    footer = {
      "",
      "The password comes from the environment variable PGPASSWORD, from ~/.pgpass, or is asked for"
          + " in a terminal. For --apply ROWHOOK_PASSWORD, if it is set, becomes the password of"
          + " the role that Rowhook logs in as; it is not shown.",
      "In a terminal the entities are shown to tick, unless --yes or --entities is given.",
      "A PATTERN is a table, schema.table, in which * stands for anything: 'sales.*'.",
      "",
      "Exit status: 0 if all is written and applied that was asked for, or nothing is new; 1 if"
          + " not, and says why; 2 if the command line is wrong."
    },
    mixinStandardHelpOptions = true)
public final class InitCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "URI",
      description = "postgresql://user@host:5432/database, or jdbc:postgresql://...")
  private String uri = "";

  @Option(
      names = "--dir",
      paramLabel = "DIRECTORY",
      defaultValue = "connector-config",
      description = "Where to write (default: ${DEFAULT-VALUE}).")
  private Path directory = Path.of("connector-config");

  @Option(
      names = "--schema",
      split = ",",
      paramLabel = "SCHEMA",
      description = "Only these schemas.")
  private List<String> schemas = new ArrayList<>();

  @Option(
      names = "--include",
      split = ",",
      paramLabel = "PATTERN",
      description = "Tables that are entities, though they would be left out.")
  private List<String> include = new ArrayList<>();

  @Option(
      names = "--exclude",
      split = ",",
      paramLabel = "PATTERN",
      description = "Tables that are not looked at.")
  private List<String> exclude = new ArrayList<>();

  @Option(
      names = "--entities",
      split = ",",
      paramLabel = "NAME",
      description = "Only these of the proposed entities: Order,Customer.")
  private List<String> entities = new ArrayList<>();

  @Option(
      names = "--role",
      defaultValue = "rowhook",
      description = "The role that Rowhook will log in as (default: ${DEFAULT-VALUE}).")
  private String role = "rowhook";

  @Option(
      names = "--samples",
      description =
          "Also read up to 1,000 rows of each table: few values, and texts that name other rows.")
  private boolean samples;

  @Option(names = "--yes", description = "Ask nothing: take all that is proposed.")
  private boolean yes;

  @Option(
      names = "--apply",
      description = "Run the statements of setup.sql, one by one, and say each.")
  private boolean apply;

  private final Map<String, String> environment;

  public InitCommand() {
    this(System.getenv());
  }

  InitCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    PostgresUri database;
    try {
      database =
          PostgresUri.parse(
              uri, environment.getOrDefault("PGUSER", System.getProperty("user.name", "")));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
    }
    SourceConfig source =
        new Login(environment, terminal())
            .source(
                database,
                Settings.sourceNames(directory, environment),
                directory.resolve("source.properties"));
    SourceCatalog catalog =
        ImpliedKeys.added(SourceCatalog.read(source, samples).only(this::isLookedAt));
    catalog = samples ? catalog.confirmed(source) : catalog;
    Set<TableId> wanted = new TablePatterns(include).of(catalog);
    out.println(
        "Read %s of %s, PostgreSQL %d."
            .formatted(
                Count.of(catalog.tables().size(), "table"),
                source.server(),
                catalog.server().version()));
    if (catalog.tables().isEmpty()) {
      throw new IllegalStateException("no table is there to propose; see --schema and --exclude");
    }
    Draft draft =
        Draft.of(
            catalog, wanted, database, new Draft.Names(role, source.publication(), source.slot()));
    boolean again = Files.exists(directory.resolve("entities.yaml"));
    Draft chosen = again ? chosen(draft.without(text("entities.yaml")), out) : chosen(draft, out);
    if (chosen.choices().isEmpty() && !again) {
      throw new IllegalStateException(
          "no entity is proposed or chosen, so nothing is written. Name tables by --include"
              + draft.whyNot());
    }
    List<MissingGrant> grants = again ? grants(source, draft) : List.of();
    if (again) {
      new Additions(draft, chosen, grants, directory.resolve("entities.yaml"), apply)
          .print(Settings.entities(directory, environment), out);
    } else {
      write(chosen, out);
    }
    if (apply) {
      apply(source, grants, out);
    }
    out.flush();
    return 0;
  }

  private boolean isLookedAt(TableId table) {
    return (schemas.isEmpty() || schemas.contains(table.schema()))
        && !new TablePatterns(exclude).match(table);
  }

  private Draft chosen(Draft draft, PrintWriter out) throws IOException {
    Set<String> names =
        draft.choices().stream().map(Draft.Choice::name).collect(Collectors.toSet());
    if (!entities.isEmpty()) {
      for (String name : entities) {
        if (!names.contains(name) && !Files.exists(directory.resolve("entities.yaml"))) {
          throw new IllegalStateException(
              "--entities names %s, which is not proposed.%s"
                  .formatted(
                      name,
                      DidYouMean.to(name, names)
                          .map(near -> " Did you mean " + near + "?")
                          .orElse(" Name its table by --include.")));
        }
      }
      return draft.only(new HashSet<>(entities));
    }
    Optional<Console> terminal = terminal();
    if (yes || terminal.isEmpty() || draft.choices().isEmpty()) {
      return draft;
    }
    return draft.only(
        new TickList(new BufferedReader(terminal.get().reader()), out).choose(draft.choices()));
  }

  /** Empty: nobody is there to be asked. */
  @SuppressWarnings("SystemConsoleNull") // it may be null by its own Javadoc
  private static Optional<Console> terminal() {
    Console console = System.console();
    return console == null || !console.isTerminal() ? Optional.empty() : Optional.of(console);
  }

  private void write(Draft draft, PrintWriter out) throws IOException {
    TextTable table = new TextTable("entity", "table", "parts", "refers", "why");
    draft
        .choices()
        .forEach(choice ->
            table.row(
                choice.name(),
                choice.table(),
                String.valueOf(choice.parts()),
                String.valueOf(choice.references()),
                choice.why()));
    table.print(out);
    out.println(
        "left out: " + Count.of(draft.leftOut(), "table") + "; entities.yaml says why, at its end");
    for (Map.Entry<String, String> file : draft.files().entrySet()) {
      Path path = directory.resolve(file.getKey());
      if (!Files.exists(path)) {
        Draft.write(path, file.getValue());
        out.println("wrote   " + path);
      } else {
        out.println(
            "kept    "
                + path
                + (text(file.getKey()).equals(file.getValue())
                    ? ""
                    : ", which differs from what is proposed"));
      }
    }
    next(out);
  }

  private void next(PrintWriter out) {
    out.println();
    out.println("Next:");
    out.println(
        "  1. read " + directory.resolve("entities.yaml") + " and take out what nobody should get");
    out.println(
        apply
            ? "  2. the statements of setup.sql, which follow"
            : "  2. read %s, and run it as the tables' owner: by psql, or by this command with --apply"
                .formatted(directory.resolve("setup.sql")));
    out.println("  3. rowhook receive --port 8080            in one terminal");
    out.println(
        "  4. PGPASSWORD=... rowhook run --config %s   in another, with the password of role %s"
            .formatted(directory, role));
    out.println("  5. change a row");
  }

  /** The rights that the role lacks for what the files name: of columns that are new, perhaps. */
  private List<MissingGrant> grants(SourceConfig source, Draft draft) throws SettingsException {
    return draft.withoutSecrets(
        SourceValidator.missing(
            source, role, CapturePlan.of(Settings.entities(directory, environment))));
  }

  private void apply(SourceConfig source, List<MissingGrant> grants, PrintWriter out)
      throws IOException {
    out.println();
    List<String> statements = new ArrayList<>(SqlStatements.of(text("setup.sql")));
    SqlStatements.otherPublication(statements, source.publication())
        .ifPresent(other -> {
          throw new IllegalStateException(
              "%s is for publication %s, but publication.name in %s is %s, so nothing was run. Write the same name in both"
                  .formatted(
                      directory.resolve("setup.sql"),
                      other,
                      directory.resolve("source.properties"),
                      source.publication()));
        });
    grants.forEach(grant -> statements.addAll(SqlStatements.of(grant.statement())));
    Optional<String> failed = SourceStatements.run(source, statements, out::println);
    String secret = environment.getOrDefault("ROWHOOK_PASSWORD", "");
    if (failed.isEmpty() && !secret.isEmpty()) {
      out.println("ALTER ROLE " + TableId.quote(role) + " PASSWORD '...';");
      failed = SourceStatements.password(source, role, secret);
    } else if (failed.isEmpty()) {
      out.println(
          "-- ROWHOOK_PASSWORD is not set, so role %s keeps the password that it has: none, if it is new"
              .formatted(role));
    }
    if (failed.isPresent()) {
      throw new IllegalStateException(
          failed.get()
              + ". What ran before it stays. Mend "
              + directory.resolve("setup.sql")
              + " or the right, and run this again");
    }
    out.println("applied " + Count.of(statements.size(), "statement"));
    if (statements.stream().anyMatch(one -> one.startsWith("ALTER SYSTEM SET wal_level"))) {
      out.println("wal_level is set, and holds once PostgreSQL is restarted: do that next");
    }
  }

  private String text(String file) throws IOException {
    Path path = directory.resolve(file);
    if (!Files.exists(path)) {
      throw new IllegalStateException(
          path + " is missing; move the other files away to have it written anew");
    }
    return Files.readString(path);
  }
}
