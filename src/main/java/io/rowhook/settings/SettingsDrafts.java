package io.rowhook.settings;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.settings.EditRefusedException.Reason;
import io.rowhook.settings.SettingsEditor.Kind;
import io.rowhook.settings.edit.EditableFiles;
import io.rowhook.settings.recipients.RecipientFileReader;
import io.rowhook.settings.yaml.PendingEdits;
import io.rowhook.settings.yaml.SecretMask;
import io.rowhook.settings.yaml.YamlDocument;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What the settings in force would be with edits of recipients' files and templates that nobody has
 * made yet; judged as {@link SettingsEditor} judges an edit, and neither written nor put in force.
 * Any thread.
 */
public final class SettingsDrafts {

  /**
   * Edits by the name of the file; empty: without that file. Of a recipient's file what is masked
   * stays as it is on disk.
   *
   * @param templates by path inside their directory
   * @param recipients by the recipient's name
   */
  public record Draft(
      Map<String, Optional<String>> templates, Map<String, Optional<String>> recipients) {

    public Draft {
      templates = Map.copyOf(templates);
      recipients = Map.copyOf(recipients);
    }

    /**
     * All recipients' files and templates of two directories, as they stand there.
     *
     * @throws EditRefusedException if one cannot be read
     */
    public static Draft onDisk(Path connectorConfig, Path templates) throws EditRefusedException {
      return new Draft(
          texts(EditableFiles.templates(templates)),
          texts(EditableFiles.recipients(connectorConfig.resolve("recipients"))));
    }

    private static Map<String, Optional<String>> texts(EditableFiles files)
        throws EditRefusedException {
      Map<String, Optional<String>> texts = new HashMap<>();
      for (Map.Entry<String, Path> file : files.all().entrySet()) {
        texts.put(file.getKey(), files.content(file.getValue()).map(ShownContent::text));
      }
      return texts;
    }

    /** Whether nothing is edited. */
    public boolean isEmpty() {
      return templates.isEmpty() && recipients.isEmpty();
    }
  }

  /**
   * Settings without and with a draft.
   *
   * @param inForce those in force
   * @param edited those that would be
   */
  public record Tried(Settings inForce, Settings edited) {}

  /** Where a recipient's file names another file. */
  private static final Pattern FILE = Pattern.compile("/tls/(?:ca|certificate|key)$");

  private final SettingsReloader reloader;
  private final Map<Kind, EditableFiles> files;

  /**
   * @param reloader of these directories
   */
  public SettingsDrafts(Path connectorConfig, Path templates, SettingsReloader reloader) {
    this.reloader = reloader;
    this.files =
        Map.of(
            Kind.recipient, EditableFiles.recipients(connectorConfig.resolve("recipients")),
            Kind.template, EditableFiles.templates(templates));
  }

  /**
   * Tries a draft.
   *
   * @param mayRefer whether whoever asks may have secrets, by a reference to the environment or a
   *     file, put anywhere; otherwise only where the file on disk has them, since elsewhere a
   *     preview might show them
   * @throws EditRefusedException with all that would be wrong
   */
  public Tried tried(Draft draft, boolean mayRefer)
      throws EditRefusedException, InterruptedException {
    if (draft.isEmpty()) {
      Settings inForce = reloader.current();
      return new Tried(inForce, inForce);
    }
    Map<Path, Optional<String>> edits = new HashMap<>();
    List<Referring> referring = new ArrayList<>();
    for (Map.Entry<String, Optional<String>> one : draft.templates.entrySet()) {
      add(edits, Kind.template, one);
    }
    for (Map.Entry<String, Optional<String>> one : draft.recipients.entrySet()) {
      Optional<byte[]> before = add(edits, Kind.recipient, one);
      one.getValue().ifPresent(text -> referring.add(new Referring(before, text)));
    }
    for (Referring one : mayRefer ? List.<Referring>of() : referring) {
      one.check(SettingsDrafts::isResolved);
    }
    try {
      SettingsTrial.Result result =
          reloader.tried(new PendingEdits(edits), SettingsEditor.PATIENCE);
      if (!result.problems().isEmpty()) {
        throw refused(result.problems());
      }
      for (Referring one : mayRefer ? List.<Referring>of() : referring) {
        one.check(
            _ -> true); // an unknown key is masked too: that it is unknown is what has to be said
      }
      return new Tried(reloader.current(), result.settings());
    } catch (SettingsException e) {
      throw new EditRefusedException(Reason.BUSY, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Refuses, before anything is resolved, references that the files on disk do not have in the same
   * place: what a trial says of them would tell which files and variables there are.
   *
   * @throws EditRefusedException if there is one
   */
  public void checkReferences(Draft draft) throws EditRefusedException {
    EditableFiles place = Objects.requireNonNull(files.get(Kind.recipient));
    for (Map.Entry<String, Optional<String>> one : draft.recipients.entrySet()) {
      if (one.getValue().isPresent()) {
        Optional<byte[]> before = place.content(place.file(one.getKey()));
        new Referring(before, one.getValue().get()).check(SettingsDrafts::isResolved);
      }
    }
  }

  /** Whether a place's value is looked up somewhere, or names a file. */
  private static boolean isResolved(Map.Entry<String, String> one) {
    return one.getValue().contains("${") || FILE.matcher(one.getKey()).find();
  }

  private static EditRefusedException refused(List<SettingsProblem> problems) {
    return new EditRefusedException(
        Reason.INVALID, "the settings would not be good with it. Correct what is listed", problems);
  }

  /** Returns what the file holds now. */
  private Optional<byte[]> add(
      Map<Path, Optional<String>> edits, Kind kind, Map.Entry<String, Optional<String>> draft)
      throws EditRefusedException {
    EditableFiles place = Objects.requireNonNull(files.get(kind));
    Path file;
    try {
      file = place.file(draft.getKey());
    } catch (EditRefusedException e) {
      String why = String.valueOf(e.getMessage());
      throw refused(List.of(new SettingsProblem(draft.getKey(), 0, 0, "", why)));
    }
    Optional<byte[]> before = place.content(file);
    Optional<String> text = draft.getValue();
    edits.put(
        file,
        text.isEmpty() ? text : Optional.of(ShownContent.unmasked(kind, file, before, text.get())));
    return before;
  }

  /** A recipient's file before and after an edit. */
  private record Referring(Optional<byte[]> before, String text) {

    void check(Predicate<Map.Entry<String, String>> which) throws EditRefusedException {
      Map<String, String> there =
          before.map(bytes -> references(ShownContent.text(bytes))).orElse(Map.of());
      for (Map.Entry<String, String> one : references(text).entrySet()) {
        if (which.test(one) && !one.getValue().equals(there.get(one.getKey()))) {
          throw new EditRefusedException(
              Reason.FORBIDDEN,
              "%s refers to what may be a secret, and not as the file does. Only who may change settings can try that"
                  .formatted(one.getKey()));
        }
      }
    }
  }

  /** What stands for something that the file does not show, by its place. */
  private static Map<String, String> references(String text) {
    Map<String, String> found = new TreeMap<>();
    YamlDocument.of(text, RecipientFileReader.OBJECT)
        .ifPresent(document -> collect("", document.json(), found));
    return found;
  }

  private static void collect(String at, JsonNode node, Map<String, String> found) {
    node.properties()
        .forEach(one -> {
          note(at + "/" + one.getKey(), one.getKey(), found);
          collect(at + "/" + one.getKey(), one.getValue(), found);
        });
    for (int i = 0; i < (node.isArray() ? node.size() : 0); i++) {
      collect(at + "/" + i, node.path(i), found);
    }
    if (node.isValueNode()) {
      note(at, node.asText(), found);
    }
  }

  private static void note(String at, String text, Map<String, String> found) {
    if (text.contains("${") || text.contains(SecretMask.MASK) || FILE.matcher(at).find()) {
      found.put(at, text);
    }
  }
}
