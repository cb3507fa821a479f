package io.rowhook.admin.preview;

import io.rowhook.base.Json;
import io.rowhook.entity.Event;
import io.rowhook.journal.AuditEntry.Action;
import io.rowhook.journal.AuditLog;
import io.rowhook.journal.JournalEntry;
import io.rowhook.recipient.BodyFormat;
import io.rowhook.recipient.Recipient;
import io.rowhook.settings.EditRefusedException;
import io.rowhook.settings.GoldenFolder;
import io.rowhook.template.TemplateLookup;
import io.rowhook.webhook.DeliveryPreview;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An event and what a recipient is sent of it, as the files that {@link GoldenFiles} holds
 * templates against. Immutable.
 *
 * @param recipient whose it is
 * @param event its id
 * @param name what all its files begin with, with their folder inside the templates' directory
 * @param files what each holds, by what its name ends with; the event comes last, so that a case
 *     that is written halfway is none
 * @param wanted whether it is sent
 */
public record GoldenCase(
    String recipient, String event, String name, Map<String, byte[]> files, boolean wanted) {

  static final String EVENT = ".event.json";
  static final String BODY = ".body.";
  static final String SKIPPED = ".skipped";

  /** Inside the templates' directory. */
  private static final String FOLDER = "expected/";

  private static final List<String> ALL =
      List.of(BODY + BodyFormat.json, BODY + BodyFormat.xml, SKIPPED, EVENT);

  /** Of an id in a name, in characters. */
  private static final int LONGEST = 60;

  /**
   * Makes one of what is in force.
   *
   * @param name of the case; empty: made of the event's entity, id and type
   * @throws IllegalStateException if the event cannot be rendered, in words
   */
  public static GoldenCase of(
      Recipient recipient, TemplateLookup sets, JournalEntry entry, Optional<String> name) {
    DeliveryPreview preview = DeliveryPreview.of(recipient, sets, entry, Instant.EPOCH);
    byte[] body = preview.body();
    if (body == null) {
      throw new IllegalStateException("there is nothing to keep: " + preview.trouble());
    }
    Map<String, byte[]> files = new LinkedHashMap<>();
    try {
      if (preview.wanted()) {
        files.put(BODY + recipient.format(), written(recipient.format(), body));
      } else {
        files.put(SKIPPED, new byte[0]);
      }
      files.put(EVENT, written(BodyFormat.json, entry.event().json()));
    } catch (IOException e) {
      throw new IllegalStateException("an event of the journal is JSON", e);
    }
    return new GoldenCase(
        recipient.name(),
        entry.event().id(),
        FOLDER + recipient.name() + "/" + name.orElseGet(() -> named(entry.event())),
        files,
        preview.wanted());
  }

  private static String named(Event event) {
    String id = event.entityId().replaceAll("[^A-Za-z0-9_-]+", "_");
    return event.entityType()
        + "-"
        + id.substring(0, Math.min(id.length(), LONGEST))
        + "-"
        + event.type();
  }

  /** The file of the event, inside the templates' directory. */
  public String file() {
    return name + EVENT;
  }

  /**
   * Writes it, and notes who has.
   *
   * @param templates the directory
   * @return false: it is there just so already
   * @throws EditRefusedException if there is another one of its name, or it cannot be written
   */
  public boolean keep(Path templates, AuditLog audit, String actor)
      throws EditRefusedException, InterruptedException {
    boolean done = new GoldenFolder(templates).keep(name, files, ALL);
    if (done) {
      audit.record(actor, Action.GOLDEN_CASE_KEPT, recipient, "event " + event);
    }
    return done;
  }

  /** JSON so that a person reads it, and sees in version control what has changed. */
  static byte[] written(BodyFormat format, byte[] body) throws IOException {
    return switch (format) {
      case json ->
          Json.MAPPER
              .writerWithDefaultPrettyPrinter()
              .writeValueAsBytes(Json.MAPPER.readTree(body));
      case xml -> body;
    };
  }
}
