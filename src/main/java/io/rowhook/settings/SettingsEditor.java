package io.rowhook.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.journal.AuditEntry;
import io.rowhook.journal.AuditLog;
import io.rowhook.settings.EditRefusedException.Reason;
import io.rowhook.settings.edit.EditableFiles;
import io.rowhook.settings.edit.MergePatch;
import io.rowhook.settings.entities.EntitiesFileReader;
import io.rowhook.settings.yaml.PendingEdits;
import io.rowhook.settings.yaml.YamlDocument;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Edits recipients' files and templates, as a person does who writes them by hand, and safer: what
 * {@link SettingsReloader} would refuse is refused before anything is written, what somebody else
 * has edited meanwhile is not overwritten, and the answer says what is in force. Secrets are shown
 * as {@code ***}; sent back, that means as it was. Any thread; one edit at a time.
 */
public final class SettingsEditor {

  /** How long an edit waits until it is in force. */
  public static final Duration PATIENCE = Duration.ofSeconds(10);

  /** What may be edited. */
  public enum Kind {
    recipient,
    template,
    entities
  }

  /** The name of the one file of {@link Kind#entities}. */
  public static final String ENTITIES = "entities";

  /** What an entity may be called, as a regular expression. */
  public static final String ENTITY_NAME = EntitiesFileReader.NAME.pattern();

  /**
   * A file as it may be shown.
   *
   * @param etag of its content, with quotes, as an HTTP header has it
   * @param text without secrets; null: it is no YAML, so nobody can tell what in it is secret
   * @param json the same as JSON; null where the text is, and of templates
   */
  public record Content(
      String name, String etag, @Nullable String text, @Nullable ObjectNode json) {}

  /**
   * What came of an edit.
   *
   * @param etag of the new content; null: the file is gone
   * @param changes what is different by it, a line for each thing
   * @param inForce whether it is in force by now
   * @param problems why not
   */
  public record Outcome(
      @Nullable String etag, List<String> changes, boolean inForce, List<String> problems) {}

  private final SettingsReloader reloader;
  private final AuditLog audit;
  private final EditEffects effects;
  private final Map<Kind, EditableFiles> files;
  private final ReentrantLock turn = new ReentrantLock();
  private final ShownContent contents = new ShownContent();

  /**
   * @param reloader of these directories
   * @param audit is told who has edited what
   */
  public SettingsEditor(
      Path connectorConfig, Path templates, SettingsReloader reloader, AuditLog audit) {
    this.reloader = reloader;
    this.audit = audit;
    this.effects = new EditEffects(connectorConfig, templates, reloader, contents);
    this.files =
        Map.of(
            Kind.recipient, EditableFiles.recipients(connectorConfig.resolve("recipients")),
            Kind.template, EditableFiles.templates(templates),
            Kind.entities, EditableFiles.entities(connectorConfig));
  }

  /** All of a kind, by name; also those that are not good. */
  public List<Content> all(Kind kind) throws EditRefusedException {
    List<Content> all = new ArrayList<>();
    for (Map.Entry<String, Path> file : files(kind).all().entrySet()) {
      files(kind)
          .content(file.getValue())
          .ifPresent(bytes -> all.add(contents.shown(kind, file.getKey(), bytes)));
    }
    return all;
  }

  /** One of them. */
  public Content read(Kind kind, String name) throws EditRefusedException {
    return contents.shown(kind, name, existing(kind, name));
  }

  private byte[] existing(Kind kind, String name) throws EditRefusedException {
    return files(kind).content(files(kind).file(name)).orElseThrow(() -> unknown(kind, name));
  }

  private static EditRefusedException unknown(Kind kind, String name) {
    return new EditRefusedException(
        Reason.UNKNOWN, "there is no file of " + kind + " " + name + ". Create it, or list them");
  }

  /** A recipient's settings as the text of its file. */
  public static String yaml(ObjectNode json) {
    return YamlDocument.write(json);
  }

  /**
   * What is wrong with a content, without writing it; empty: nothing.
   *
   * @throws EditRefusedException if the name can be none, or it cannot be looked at just now
   */
  public List<SettingsProblem> problems(Kind kind, String name, String text)
      throws EditRefusedException, InterruptedException {
    Path file = files(kind).file(name);
    try {
      Optional<byte[]> before = files(kind).content(file);
      tried(file, Optional.of(ShownContent.unmasked(kind, file, before, text)));
      return List.of();
    } catch (EditRefusedException e) {
      if (e.reason() == Reason.INVALID) {
        return e.problems().isEmpty()
            ? List.of(SettingsProblem.of(String.valueOf(e.getMessage())))
            : e.problems();
      }
      throw e;
    }
  }

  /** Writes a new file. */
  public Outcome create(Kind kind, String name, String text, String actor)
      throws EditRefusedException, InterruptedException {
    return edit(
        actor,
        () -> {
          Path file = files(kind).file(name);
          if (files(kind).content(file).isPresent()) {
            throw new EditRefusedException(
                Reason.EXISTS,
                "there is a file of " + kind + " " + name + " already. Replace it with its ETag");
          }
          files(kind).checkWritable(file);
          String whole = ShownContent.unmasked(kind, file, Optional.empty(), text);
          SettingsTrial.Result result = tried(file, Optional.of(whole));
          byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
          write(result, () -> files(kind).create(file, bytes));
          return new Written(kind, name, file, bytes, result, "created");
        });
  }

  /**
   * Puts other content in place of a file's.
   *
   * @param ifMatch the ETag of what it holds
   */
  public Outcome replace(
      Kind kind, String name, String text, @Nullable String ifMatch, String actor)
      throws EditRefusedException, InterruptedException {
    return edit(actor, () -> replaced(kind, name, text, ifMatch));
  }

  /**
   * Changes some of a recipient's settings, as RFC 7396 has it; its comments go.
   *
   * @param ifMatch the ETag of what the file holds
   */
  public Outcome patch(String name, JsonNode patch, @Nullable String ifMatch, String actor)
      throws EditRefusedException, InterruptedException {
    return edit(
        actor,
        () -> {
          byte[] bytes = existing(Kind.recipient, name);
          ObjectNode before = contents.shown(Kind.recipient, name, bytes).json();
          if (before == null) {
            throw new EditRefusedException(
                Reason.INVALID,
                "the file is no YAML as it is, so nothing can be changed in it. Replace it");
          }
          JsonNode after = MergePatch.apply(before, patch);
          if (!(after instanceof ObjectNode whole)) {
            throw new EditRefusedException(
                Reason.INVALID, "a patch is a JSON object with what is to be different (RFC 7396)");
          }
          return replaced(Kind.recipient, name, yaml(whole), ifMatch);
        });
  }

  private Written replaced(Kind kind, String name, String text, @Nullable String ifMatch)
      throws EditRefusedException, InterruptedException {
    Path file = files(kind).file(name);
    byte[] before = existing(kind, name);
    contents.check(ifMatch, before);
    files(kind).checkWritable(file);
    String whole = ShownContent.unmasked(kind, file, Optional.of(before), text);
    SettingsTrial.Result result = tried(file, Optional.of(whole));
    byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
    write(
        result,
        () -> {
          contents.check(ifMatch, existing(kind, name)); // by hand, while it was tried
          files(kind).replace(file, bytes);
        });
    return new Written(kind, name, file, bytes, result, "replaced");
  }

  /**
   * Deletes a file.
   *
   * @param ifMatch the ETag of what it holds
   */
  public Outcome delete(Kind kind, String name, @Nullable String ifMatch, String actor)
      throws EditRefusedException, InterruptedException {
    return edit(
        actor,
        () -> {
          Path file = files(kind).file(name);
          contents.check(ifMatch, existing(kind, name));
          files(kind).checkWritable(file);
          SettingsTrial.Result result = tried(file, Optional.empty());
          write(
              result,
              () -> {
                contents.check(ifMatch, existing(kind, name));
                files(kind).delete(file);
              });
          return new Written(kind, name, file, null, result, "deleted");
        });
  }

  private EditableFiles files(Kind kind) {
    return Objects.requireNonNull(files.get(kind));
  }

  private interface Edit {
    Written make() throws EditRefusedException, InterruptedException;
  }

  /** What was written, and is not in force yet. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Written(
      Kind kind,
      String name,
      Path file,
      byte @Nullable [] bytes,
      SettingsTrial.Result result,
      String what) {}

  private Outcome edit(String actor, Edit edit) throws EditRefusedException, InterruptedException {
    Written written;
    turn.lockInterruptibly();
    try {
      written = edit.make();
      audit.record(
          actor,
          AuditEntry.Action.valueOf((written.kind + "_" + written.what).toUpperCase(Locale.ROOT)),
          written.name,
          String.join("; ", written.result.changes()));
    } finally {
      turn.unlock();
    }
    return effects.of(written.kind, written.name, written.file, written.bytes, written.result);
  }

  private SettingsTrial.Result tried(Path file, Optional<String> text)
      throws EditRefusedException, InterruptedException {
    SettingsTrial.Result result;
    try {
      result = reloader.tried(PendingEdits.of(file, text), PATIENCE);
    } catch (SettingsException e) {
      throw new EditRefusedException(Reason.BUSY, String.valueOf(e.getMessage()));
    }
    if (result.bySource()) {
      throw new EditRefusedException(
          Reason.SOURCE,
          "the source is not ready for it, so nothing was changed. Have the tables' owner see to"
              + " what is listed",
          result.problems());
    }
    if (!result.problems().isEmpty()) {
      throw ShownContent.invalid(result.problems());
    }
    return result;
  }

  /** Writes between two looks, so that the look which finds it knows who has told of it. */
  private void write(SettingsTrial.Result result, ReloadTurn.Write write)
      throws EditRefusedException, InterruptedException {
    if (!reloader.turn().write(write, result.changes(), PATIENCE)) {
      throw new EditRefusedException(Reason.BUSY, ReloadTurn.BUSY);
    }
  }
}
