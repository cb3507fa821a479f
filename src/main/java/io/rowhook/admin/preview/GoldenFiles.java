package io.rowhook.admin.preview;

import io.rowhook.base.DidYouMean;
import io.rowhook.recipient.Recipient;
import io.rowhook.settings.Settings;
import io.rowhook.template.TemplateLookup;
import io.rowhook.webhook.DeliveryPreview;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * Holds templates against files that say what they should make: for each {@code
 * DIR/<recipient>/<case>.event.json} beside it {@code <case>.body.json} or {@code <case>.body.xml},
 * or an empty {@code <case>.skipped} where no subscription wants it. Needs no service and no
 * source.
 */
public final class GoldenFiles {

  private final Path directory;
  private final Settings settings;
  private final TemplateLookup sets;
  private final PrintWriter out;

  public GoldenFiles(Path directory, Settings settings, TemplateLookup sets, PrintWriter out) {
    this.directory = directory;
    this.settings = settings;
    this.sets = sets;
    this.out = out;
  }

  /**
   * Compares all, or writes them.
   *
   * @return whether all are as expected
   */
  public boolean check(boolean update) throws IOException {
    List<Path> events;
    try (Stream<Path> files = Files.walk(directory, 2)) {
      events = files.filter(file -> file.toString().endsWith(GoldenCase.EVENT)).sorted().toList();
    }
    if (events.isEmpty()) {
      throw new IllegalStateException(
          "there is no "
              + directory
              + "/<recipient>/<case>"
              + GoldenCase.EVENT
              + ": nothing to check");
    }
    int wrong = 0;
    for (Path event : events) {
      List<String> differences = one(event, update);
      if (!differences.isEmpty()) {
        wrong++;
        out.println("NOT AS EXPECTED  " + event);
        differences.forEach(line -> out.println("    " + line));
      }
    }
    out.println(
        update
            ? events.size() - wrong + " of " + events.size() + " written"
            : events.size() - wrong + " of " + events.size() + " as expected");
    return wrong == 0;
  }

  private List<String> one(Path file, boolean update) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    String name = folder == null ? "" : String.valueOf(folder.getFileName());
    List<String> names = settings.recipients().stream().map(Recipient::name).toList();
    if (!names.contains(name)) {
      return List.of(
          "there is no recipient '" + name + "'. " + DidYouMean.advice(name, names, "There are"));
    }
    Recipient recipient = settings.recipients().get(names.indexOf(name));
    DeliveryPreview preview =
        DeliveryPreview.of(recipient, sets, EventFile.read(file), Instant.EPOCH);
    Path bodyFile = beside(file, GoldenCase.BODY + recipient.format());
    Path skippedFile = beside(file, GoldenCase.SKIPPED);
    byte[] body = preview.body();
    if (body == null) {
      return List.of(String.valueOf(preview.trouble()));
    }
    if (update) {
      Files.deleteIfExists(preview.wanted() ? skippedFile : bodyFile);
      Files.write(
          preview.wanted() ? bodyFile : skippedFile,
          preview.wanted() ? GoldenCase.written(recipient.format(), body) : new byte[0]);
      return List.of();
    }
    if (!preview.wanted()) {
      return Files.exists(skippedFile) ? List.of() : preview.why();
    }
    if (!Files.exists(bodyFile)) {
      return List.of(
          "it is sent, and there is no " + bodyFile.getFileName() + "; --update writes it");
    }
    return BodyDiff.between(recipient.format(), Files.readAllBytes(bodyFile), body);
  }

  private static Path beside(Path event, String suffix) {
    String name = String.valueOf(event.getFileName());
    return event.resolveSibling(
        name.substring(0, name.length() - GoldenCase.EVENT.length()) + suffix);
  }
}
