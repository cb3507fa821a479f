package io.rowhook.admin.whatif;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.DeliveryAdminException;
import io.rowhook.journal.DeliveryFilter;
import io.rowhook.journal.Samples;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.settings.Settings;
import io.rowhook.settings.SettingsDirectory;
import io.rowhook.settings.SettingsDrafts.Tried;
import io.rowhook.settings.SettingsException;
import io.rowhook.testing.Eventually;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A journal to fill, and settings before and after an edit. */
final class WhatIfRig implements AutoCloseable {

  static final String URL = "url: https://shop.example.com/\n";

  private static final Duration LIMIT = Duration.ofSeconds(60);

  final WhatIfs whatIfs;
  private final Path directory;
  private final SqliteJournal journal;

  WhatIfRig(Path directory) {
    this.directory = directory;
    journal = SqliteJournal.open(directory.resolve("journal.db"));
    journal.begin(Samples.EPOCH, Samples.lsn(0), Map.of());
    whatIfs = new WhatIfs(journal.events());
  }

  @Override
  public void close() {
    whatIfs.close();
    journal.close();
  }

  static Event event(String entity, int id, int end, String data) {
    return event(entity, id, end, data, null);
  }

  static Event event(String entity, int id, int end, String data, @Nullable String to) {
    String name = "evt_" + entity + "_" + id + "_" + end;
    String json =
        "{\"id\":\"%s\",\"type\":\"%s.updated\",\"entityType\":\"%s\",\"entityId\":%d,\"event\":\"Updated\",\"context\":{\"from\":\"%s\"},\"data\":%s}"
            .formatted(name, entity, entity, id, id == 3 ? "shop" : "erp", data);
    return new Event(
        name,
        entity,
        Integer.toString(id),
        EventType.Updated,
        Samples.NOON.plusMillis(end),
        Samples.lsn(end),
        json.getBytes(StandardCharsets.UTF_8),
        to);
  }

  void publish(int end, Event... events) throws InterruptedException {
    journal.publish(Samples.transaction(end), List.of(events), List.of());
    journal.commit();
  }

  /** Orders 1 to 6, whose status grows in length, and lines. */
  void orders() throws InterruptedException {
    for (int n = 1; n <= 6; n++) {
      String lines = "[{\"sku\":\"A%d\",\"price\":%d.50}]".formatted(n, n);
      publish(
          n * 100,
          event(
              "Order",
              n,
              n * 100,
              "{\"status\":\"%s\",\"total\":%d,\"lines\":%s}"
                  .formatted(n % 2 == 0 ? "shipped" : "open", n, lines)));
    }
  }

  SettingsDirectory files(String place) {
    return new SettingsDirectory(directory.resolve(place));
  }

  static Settings read(SettingsDirectory files) {
    try {
      return files.read();
    } catch (SettingsException e) {
      throw new IllegalStateException(e);
    }
  }

  ObjectNode compared(SettingsDirectory before, SettingsDirectory after)
      throws DeliveryAdminException {
    return compared(before, after, DeliveryFilter.ALL);
  }

  ObjectNode compared(SettingsDirectory before, SettingsDirectory after, DeliveryFilter filter)
      throws DeliveryAdminException {
    Tried tried = new Tried(read(before), read(after));
    long id = whatIfs.begin(tried, WhatIfs.names(tried), filter).path("id").asLong();
    return ended(id);
  }

  ObjectNode ended(long id) {
    Eventually.within(
        LIMIT,
        "it has ended",
        () -> !whatIfs.show(id).orElseThrow().path("state").asText().equals("running"));
    ObjectNode json = whatIfs.show(id).orElseThrow();
    assertThat(json.path("reason").asText("")).isEqualTo("");
    return json;
  }

  static Map<String, Long> keys(JsonNode keys) {
    Map<String, Long> all = new TreeMap<>();
    keys.forEach(one -> all.put(one.path("key").asText(), one.path("count").asLong()));
    return all;
  }

  static String counts(JsonNode one) {
    return "%d same, %d changed, %d new, %d gone, %d break, %d mended"
        .formatted(
            one.path("same").asLong(),
            one.path("changed").asLong(),
            one.path("newlyWanted").asLong(),
            one.path("noLongerWanted").asLong(),
            one.path("breaks").asLong(),
            one.path("mended").asLong());
  }
}
