package io.rowhook.settings;

import io.rowhook.settings.SettingsEditor.Kind;
import io.rowhook.settings.SettingsEditor.Outcome;
import io.rowhook.settings.reload.ContentFingerprint;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Waits until what {@link SettingsEditor} has written is in force, beside further edits. Any
 * thread.
 *
 * @param contents makes the ETags
 */
record EditEffects(
    Path connectorConfig, Path templates, SettingsReloader reloader, ShownContent contents) {

  /**
   * What came of an edit, once it is acted upon or takes too long.
   *
   * @param bytes what the file holds; null: it is gone
   * @param tried what was expected of it
   */
  Outcome of(Kind kind, String name, Path file, byte @Nullable [] bytes, SettingsTrial.Result tried)
      throws InterruptedException {
    String hash = bytes == null ? null : ContentFingerprint.of(bytes);
    String key = ContentFingerprint.key(connectorConfig, templates, file);
    boolean acted = reloader.turn().awaitActed(key, hash, SettingsEditor.PATIENCE);
    boolean inForce = acted && isInForce(kind, name, tried.settings());
    String late =
        "it is written, and was not put in force within %d s: other settings may be being put in force, or the file has been edited again. rowhook status says what is wrong"
            .formatted(SettingsEditor.PATIENCE.toSeconds());
    List<String> problems = acted ? inForce ? List.of() : reloader.problems() : List.of(late);
    return new Outcome(
        bytes == null ? null : contents.etag(bytes), tried.changes(), inForce, problems);
  }

  /** Whether what the edit leads to is there, whatever else was edited. */
  private boolean isInForce(Kind kind, String name, Settings expected) {
    Settings now = reloader.current();
    return switch (kind) {
      case template ->
          Objects.equals(now.templateHashes().get(name), expected.templateHashes().get(name));
      case recipient -> now.recipient(name).equals(expected.recipient(name));
      case entities -> now.entities().equals(expected.entities());
    };
  }
}
