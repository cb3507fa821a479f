package io.rowhook.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rowhook.journal.AuditEntry;
import io.rowhook.journal.AuditLog;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.settings.EditRefusedException.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** An editor of a good directory, and a reloader that looks at it without its pauses. */
final class EditorRig implements AutoCloseable {

  static final String SHOP =
      """
      # the shop
      url: https://shop.example.com/hook
      authentication: { hmac: { secret: %s } }
      subscriptions: [{ entity: Order }]
      """
          .formatted(SettingsDirectory.SECRET);

  final SettingsDirectory directory;
  final SqliteJournal journal;
  final SettingsReloader reloader;
  final SettingsEditor editor;

  /** Changes that nobody but the files has told of. */
  final List<String> byFile = new ArrayList<>();

  private final Thread looks;

  EditorRig(Path temp) throws SettingsException {
    directory = new SettingsDirectory(temp).shop(SHOP);
    directory.write("templates/Order.jslt", "{\"no\": .data.no}");
    directory.write("templates/lib/names.jslt", "def name(x) $x");
    journal = SqliteJournal.open(temp.resolve("journal.db"));
    ReloadListener listener =
        new ReloadListener() {
          @Override
          public void take(Settings settings, SettingsDiff changes) {}

          @Override
          public void changed(List<SettingsDiff.Change> changes) {
            changes.forEach(change -> byFile.add(change.words()));
          }
        };
    reloader =
        new SettingsReloader(
            directory.read(), directory.config(), directory.templates(), directory.env, listener);
    editor =
        new SettingsEditor(directory.config(), directory.templates(), reloader, journal.audit());
    looks =
        Thread.startVirtualThread(() -> {
          try {
            while (true) {
              reloader.look();
              Thread.sleep(Duration.ofMillis(1));
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /** What an edit was refused with, for this reason. */
  static EditRefusedException refused(Reason reason, ThrowingCallable edit) {
    EditRefusedException e = catchThrowableOfType(EditRefusedException.class, edit);
    assertThat(e).as("refused").isNotNull();
    assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
    return e;
  }

  /** The audit log, the oldest first. */
  List<String> audit() {
    return journal.audit().find(AuditLog.Query.newest(100)).stream()
        .map(EditorRig::words)
        .toList()
        .reversed();
  }

  private static String words(AuditEntry entry) {
    return "%s %s %s: %s"
        .formatted(entry.actor(), entry.action().text(), entry.subject(), entry.detail());
  }

  @Override
  public void close() {
    looks.interrupt();
    try {
      looks.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    reloader.close();
    journal.close();
  }
}
