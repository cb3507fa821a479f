package io.rowhook.settings.recipients;

import io.rowhook.recipient.Recipient;
import io.rowhook.settings.SettingsFiles;
import io.rowhook.settings.entities.EntityNames;
import io.rowhook.settings.yaml.Diagnostics;
import io.rowhook.settings.yaml.Location;
import io.rowhook.settings.yaml.ParseSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code recipients/}: one file a recipient, its name the recipient's. */
public final class RecipientFilesReader {

  private static final Pattern FILE = Pattern.compile("(.+)\\.ya?ml");
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]*");

  /** {@code jslt-templates/lib/} holds what all share. */
  private static final String SHARED = "lib";

  private final Path directory;
  private final RecipientFileReader.ForAll forAll;
  private final ParseSession session;

  public RecipientFilesReader(
      Path directory, RecipientFileReader.ForAll forAll, ParseSession session) {
    this.directory = directory;
    this.forAll = forAll;
    this.session = session;
  }

  /**
   * A recipient's file.
   *
   * @param good empty: something in it is not, and is reported
   */
  public record Found(String name, Optional<Recipient> good) {}

  /** The recipients in the order of their names; none where the directory does not exist. */
  public List<Found> read(EntityNames entities, TemplateNames sets) {
    List<Found> recipients = new ArrayList<>();
    Map<String, Path> names = new HashMap<>();
    for (Path file : SettingsFiles.visible(directory, session)) {
      String fileName = String.valueOf(file.getFileName());
      var matcher = FILE.matcher(fileName);
      if (Files.isDirectory(file) || !matcher.matches()) {
        if (matcher.matches()) {
          recipients.add(new Found(matcher.group(1), Optional.empty()));
        }
        problem(
            file,
            "only <name>.yaml files belong here, one for each recipient. Move it away,"
                + " or put a full stop before its name to have it ignored.");
        continue;
      }
      String name = matcher.group(1);
      Path other = names.putIfAbsent(name.toLowerCase(Locale.ROOT), file);
      if (other != null) {
        problem(
            file,
            "there are two recipients named "
                + name.toLowerCase(Locale.ROOT)
                + ", the other in "
                + other
                + ". Rename or remove one.");
      } else if (!NAME.matcher(name).matches() || name.equals(SHARED)) {
        problem(
            file,
            "a recipient's name must be small letters, digits, hyphens and underscores,"
                + " and not lib, got: "
                + Diagnostics.printable(name)
                + ". Rename the file.");
      } else {
        Optional<Recipient> read =
            session.guarded(
                file,
                Optional.empty(),
                () -> RecipientFileReader.read(file, name, entities, sets, forAll, session));
        recipients.add(new Found(name, read.filter(_ -> !session.problems().in(file))));
      }
    }
    return recipients;
  }

  private void problem(Path file, String sentence) {
    session.problems().add(Location.of(file), sentence);
  }
}
