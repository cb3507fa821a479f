package io.rowhook.admin;

import io.rowhook.admin.catalog.CatalogBuilder;
import io.rowhook.admin.catalog.CatalogFormat;
import io.rowhook.admin.catalog.GoldenExamples;
import io.rowhook.admin.cli.TemplatesOption;
import io.rowhook.base.DidYouMean;
import io.rowhook.base.FileErrors;
import io.rowhook.capture.SourceCatalog;
import io.rowhook.capture.SourceException;
import io.rowhook.recipient.Recipient;
import io.rowhook.settings.Settings;
import io.rowhook.settings.SettingsException;
import io.rowhook.settings.SourceCredentials;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rowhook catalog}: says what each recipient gets, for who writes it. */
@Command(
    name = "catalog",
    description = {
      "Says what each recipient gets, from settings, templates and the source's columns: which events"
          + " under which conditions, headers, the body's schema, examples. As OpenAPI 3.1 (webhooks),"
          + " AsyncAPI 3.0, JSON Schema 2020-12, or a page to read. No secret is in it. Reads the"
          + " source's catalog and no rows; needs no running service."
    },
    footer = {
      "",
      "Without --out it prints one form of one recipient; with it, it writes files as"
          + " shop.openapi.json, all forms unless --format names some.",
      "Exit status: 0 if it was made; 1 if not, and says why."
    },
    mixinStandardHelpOptions = true)
public final class CatalogCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;
  @Mixin private TemplatesOption templates = new TemplatesOption();

  @Option(
      names = "--config",
      paramLabel = "DIR",
      defaultValue = "${env:ROWHOOK_CONFIG:-connector-config}",
      description = "The settings (default: $ROWHOOK_CONFIG, else connector-config).")
  private Path config = Path.of("connector-config");

  @Option(
      names = "--recipient",
      paramLabel = "NAME",
      description = "Only this one; may be given several times.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--format",
      split = ",",
      paramLabel = "FORM",
      description = "openapi, asyncapi, jsonschema, html, markdown (the default without --out).")
  private List<CatalogFormat> formats = new ArrayList<>();

  @Option(names = "--out", paramLabel = "DIR", description = "Write files there.")
  private @Nullable Path directory;

  @Option(
      names = "--examples",
      paramLabel = "DIR",
      description =
          "Take examples from the files there that rowhook preview --check compares with; without,"
              + " they are drawn by the columns' types.")
  private @Nullable Path examples;

  private final Map<String, String> env;

  public CatalogCommand() {
    this(System.getenv());
  }

  /**
   * @param env for {@code ${env:NAME}} in the settings
   */
  public CatalogCommand(Map<String, String> env) {
    this.env = env;
  }

  @Override
  public Integer call() throws SettingsException, SourceException {
    CommandSpec command = Objects.requireNonNull(spec);
    PrintWriter out = command.commandLine().getOut();
    Settings settings = Settings.read(config, templates.directory(), env);
    List<Recipient> recipients = named(settings);
    Path to = directory;
    if (to == null && (recipients.size() != 1 || formats.size() > 1)) {
      throw new ParameterException(
          command.commandLine(),
          "these are %d recipients and %d forms: name one by --recipient and one by --format, or a directory by --out"
              .formatted(recipients.size(), Math.max(1, formats.size())));
    }
    SourceCatalog source =
        SourceCatalog.read(SourceCredentials.source(settings, config, env), false);
    CatalogBuilder builder =
        new CatalogBuilder(
            settings, source, new GoldenExamples(Optional.ofNullable(examples), settings.sets()));
    if (to == null) {
      CatalogFormat format = formats.isEmpty() ? CatalogFormat.markdown : formats.getFirst();
      out.print(format.text(builder, recipients.getFirst()));
    } else {
      write(builder, recipients, to, out);
    }
    out.flush();
    return 0;
  }

  private List<Recipient> named(Settings settings) {
    List<Recipient> all = settings.recipients();
    List<String> known = all.stream().map(Recipient::name).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new IllegalStateException(
            "there is no recipient '"
                + name
                + "'. "
                + (known.isEmpty()
                    ? "There are none yet."
                    : DidYouMean.advice(name, known, "There are")));
      }
    }
    return names.isEmpty() ? all : all.stream().filter(one -> names.contains(one.name())).toList();
  }

  private void write(CatalogBuilder builder, List<Recipient> recipients, Path to, PrintWriter out) {
    List<CatalogFormat> all = formats.isEmpty() ? List.of(CatalogFormat.values()) : formats;
    try {
      Files.createDirectories(to);
      for (Recipient recipient : recipients) {
        for (CatalogFormat format : all) {
          Path file = to.resolve(format.file(recipient.name()));
          Files.writeString(file, format.text(builder, recipient));
          out.println(file);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(to + " cannot be written: " + FileErrors.reason(e), e);
    }
  }
}
