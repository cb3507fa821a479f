package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.cli.Address;
import io.rowhook.admin.cli.RangeOptions;
import io.rowhook.admin.cli.ServiceClient;
import io.rowhook.admin.cli.TemplatesOption;
import io.rowhook.admin.cli.TextFormat;
import io.rowhook.admin.cli.TimeConverter;
import io.rowhook.admin.preview.EventFile;
import io.rowhook.admin.preview.GoldenFiles;
import io.rowhook.admin.preview.PreviewView;
import io.rowhook.admin.preview.RowEvent;
import io.rowhook.admin.preview.WhatIfRequest;
import io.rowhook.admin.preview.WhatIfText;
import io.rowhook.base.DidYouMean;
import io.rowhook.journal.JournalEntry;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Subscription;
import io.rowhook.settings.Settings;
import io.rowhook.template.TemplateRegistry;
import io.rowhook.webhook.DeliveryPreview;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code rowhook preview}: shows what a recipient would be sent, by the settings and templates as
 * they are on disk, so that an edit is seen before it is in force.
 */
@Command(
    name = "preview",
    description = {
      "Shows the request that a recipient would get of an event, by the settings and templates as"
          + " they are on disk now; sends nothing. Says which subscription wants the event, or why"
          + " none does, and marks what a template reads that the event does not have.",
      "The event comes from the running service's journal (--event, --entity; without either the"
          + " newest that the recipient's subscriptions are about), from a row of the source"
          + " (--row), or from a file (--file), which needs no service."
    },
    footer = {
      "",
      "An event's file is in the shape of the built-in set full: what a recipient without a"
          + " template gets can be saved and given back.",
      "--check DIR compares what templates make with files, for tests of your own; it needs no"
          + " service and no source. For each DIR/<recipient>/<case>.event.json there is beside it",
      "    <case>.body.json or <case>.body.xml   what is sent",
      "    <case>.skipped  (empty)     "
          + "          nothing is sent, since no subscription wants it",
      "--check DIR --update writes these. Settings are read whole: give the variables that they"
          + " name any value of the right form.",
      "",
      "--replay 7d, or a range by --from, --to, --from-sequence, --to-sequence, has the running"
          + " service render the journal's events of that range, by what is in force in it and by"
          + " the files on disk, and says how many bodies would change, which keys come and go,"
          + " what would break; for RECIPIENT, or for all. Only recipients' files and templates"
          + " count.",
      "",
      "Exit status: 0 if it could be rendered, or all is as expected; 1 if not, and says why. Of a"
          + " range: 0 if nothing would be different, 3 if something would, 1 if something would"
          + " break or it cannot be told; 2 if the command line is wrong."
    },
    mixinStandardHelpOptions = true)
public final class PreviewCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ServiceClient service = new ServiceClient();
  @Mixin private TemplatesOption templates = new TemplatesOption();
  @Mixin private RangeOptions range = new RangeOptions();

  @Option(
      names = "--replay",
      paramLabel = "AGO",
      converter = TimeConverter.class,
      description = "All events since then, as 7d or 2h: what edits would have done to them.")
  private @Nullable Instant replay;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "RECIPIENT",
      description = "For whom; the name of its file.")
  private @Nullable String recipient;

  @Option(
      names = "--event",
      paramLabel = "EVENT",
      description = "This event of the journal: its id (evt_...) or its sequence.")
  private @Nullable String event;

  @Option(
      names = "--entity",
      paramLabel = "ENTITY[:ID]",
      description = "The newest event of it in the journal: Order, or Order:7.")
  private @Nullable String entity;

  @Option(
      names = "--row",
      paramLabel = "ENTITY:ID",
      description =
          "It as it is in the source now, with parts and references, as if it had just been"
              + " created: Article:7.")
  private @Nullable String row;

  @Option(names = "--file", paramLabel = "FILE", description = "An event in a JSON file.")
  private @Nullable Path file;

  @Option(
      names = "--check",
      paramLabel = "DIR",
      description = "Compare with the files there, instead of showing one.")
  private @Nullable Path check;

  @Option(names = "--update", description = "With --check: write the files instead.")
  private boolean update;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Settings settings = Settings.read(service.config(), templates.directory(), System.getenv());
    TemplateRegistry.Loaded sets = settings.sets();
    if (check != null) {
      boolean good = new GoldenFiles(check, settings, sets, out).check(update);
      out.flush();
      return good ? 0 : 1;
    }
    if (replay != null || range.isGiven()) {
      return replayed(settings, out);
    }
    Recipient to = recipient(settings);
    JournalEntry entry = entry(settings, to);
    DeliveryPreview preview = DeliveryPreview.of(to, sets, entry, Instant.now());
    service.show(PreviewView.json(to, entry, preview), out, PreviewCommand::print);
    return preview.body() == null ? 1 : 0;
  }

  private int replayed(Settings settings, PrintWriter out) throws InterruptedException {
    CommandSpec command = Objects.requireNonNull(spec);
    if (event != null || row != null || file != null) {
      throw new ParameterException(
          command.commandLine(), "a range has its events: leave out --event, --row and --file");
    }
    if (replay != null && range.hasFrom()) {
      throw new ParameterException(
          command.commandLine(), "--replay says from when, and so does --from: give one of them");
    }
    ObjectNode request = range.into(ServiceClient.request());
    if (replay != null) {
      request.put("from", replay.toString());
    }
    if (entity != null) {
      String[] parts = entity.split(":", 2);
      request.put("entity", parts[0]).put("id", parts.length == 2 ? parts[1] : null);
    }
    boolean isWatched =
        !service.json()
            && Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    JsonNode found =
        new WhatIfRequest(service, templates.directory())
            .ask(settings, request, recipient, isWatched ? command.commandLine().getErr() : null);
    service.show(found, out, WhatIfText::print);
    return WhatIfText.exitStatus(found);
  }

  private JournalEntry entry(Settings settings, Recipient to)
      throws InterruptedException, IOException {
    if (file != null) {
      return EventFile.read(file);
    }
    return row != null ? RowEvent.read(settings, row) : journaled(to);
  }

  private Recipient recipient(Settings settings) {
    List<String> names = settings.recipients().stream().map(Recipient::name).toList();
    String name = recipient;
    if (name == null) {
      throw new IllegalStateException("for whom? Name a RECIPIENT, or --check DIR");
    }
    if (!names.contains(name)) {
      throw new IllegalStateException(
          "there is no recipient '" + name + "'. " + DidYouMean.advice(name, names, "There are"));
    }
    return settings.recipients().get(names.indexOf(name));
  }

  private JournalEntry journaled(Recipient to) throws InterruptedException {
    JsonNode found;
    try {
      found = service.get(address(to));
    } catch (IllegalStateException e) {
      throw new IllegalStateException(
          e.getMessage() + "; without a service, give an event with --file", e);
    }
    return new JournalEntry(
        found.path("sequence").asLong(), EventFile.event("the journal", found.path("event")));
  }

  private Address address(Recipient to) {
    if (event != null) {
      return Address.of("v1", "events", event);
    }
    Address newest = Address.of("v1", "events");
    if (entity != null) {
      String[] parts = entity.split(":", 2);
      return newest.with("entity", parts[0]).with("id", parts.length == 2 ? parts[1] : null);
    }
    for (String one : to.subscriptions().stream().map(Subscription::entity).distinct().toList()) {
      newest = newest.with("entity", one);
    }
    return newest;
  }

  private static void print(JsonNode json, PrintWriter out) {
    out.println(
        "event      "
            + TextFormat.text(json.path("event"))
            + ", "
            + TextFormat.text(json.path("entity"))
            + " "
            + TextFormat.text(json.path("id"))
            + " "
            + TextFormat.text(json.path("type")));
    if (json.path("wanted").asBoolean()) {
      out.println(
          "wanted     " + TextFormat.body(json.path("why").path(json.path("why").size() - 1)));
    } else {
      String label = "NOT WANTED ";
      for (JsonNode why : json.path("why")) {
        out.println(label + TextFormat.body(why));
        label = "           ";
      }
    }
    out.println("set        " + TextFormat.text(json.path("attributeSet")));
    for (JsonNode missing : json.path("missing")) {
      out.println("MISSING    " + TextFormat.text(missing));
    }
    if (json.path("trouble").isTextual()) {
      out.println("FAILS      " + TextFormat.text(json.path("trouble")));
      return;
    }
    out.println();
    out.println(TextFormat.text(json.path("method")) + " " + TextFormat.body(json.path("url")));
    for (JsonNode header : json.path("headers")) {
      out.println(header.path("name").asText() + ": " + TextFormat.body(header.path("value")));
    }
    out.println();
    out.println(TextFormat.body(json.path("body")));
    out.println();
    out.println(
        json.path("wanted").asBoolean()
            ? "Nothing was sent."
            : "Nothing was sent, nor will be: no subscription wants it. The above is what it would"
                + " look like if one did.");
  }
}
