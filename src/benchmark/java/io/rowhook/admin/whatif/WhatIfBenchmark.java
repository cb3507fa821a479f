package io.rowhook.admin.whatif;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.DeliveryFilter;
import io.rowhook.journal.Samples;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.settings.SettingsDirectory;
import io.rowhook.settings.SettingsDrafts.Tried;
import io.rowhook.testing.Eventually;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long it takes to find out what an edit would have done; prints, and asserts no speed. */
@Tag("benchmark")
class WhatIfBenchmark {

  private static final int EVENTS = 100_000;
  private static final int A_COMMIT = 1_000;

  @TempDir Path directory;

  private static Event order(int id, int end) {
    String lines =
        IntStream.rangeClosed(1, 5)
            .mapToObj(n ->
                "{\"line_no\":%d,\"sku\":\"A-%d\",\"quantity\":%d,\"price\":%d.50}"
                    .formatted(n, 100 + n, n, n))
            .collect(Collectors.joining(",", "[", "]"));
    String json =
        "{\"id\":\"evt_%d\",\"type\":\"order.updated\",\"entityType\":\"Order\",\"entityId\":%d,\"event\":\"Updated\",\"data\":{\"order_id\":%d,\"status\":\"%s\",\"total\":%d.90,\"customer\":{\"name\":\"Meier\",\"email\":\"meier@example.com\",\"city\":\"Bremen\"},\"lines\":%s}}"
            .formatted(id, id, id, id % 3 == 0 ? "shipped" : "open", id, lines);
    return new Event(
        "evt_" + id,
        "Order",
        Integer.toString(id),
        EventType.Updated,
        Samples.NOON.plusMillis(end),
        Samples.lsn(end),
        json.getBytes(StandardCharsets.UTF_8));
  }

  /** One of five subscriptions' templates is edited, in a way that all bodies change by. */
  @Test
  void aHundredThousandEvents() throws Exception {
    try (SqliteJournal journal = SqliteJournal.open(directory.resolve("journal.db"))) {
      journal.begin(Samples.EPOCH, Samples.lsn(0), Map.of());
      for (int end = 1; end <= EVENTS / A_COMMIT; end++) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < A_COMMIT; i++) {
          events.add(order(end * A_COMMIT + i, end));
        }
        journal.publish(Samples.transaction(end), events, List.of());
        journal.commit();
      }
      String template =
          "{ \"id\": .entityId, \"status\": uppercase(.data.status), \"%s\":"
              + " .data.customer.email,\n"
              + "  \"lines\": [for (.data.lines) { \"sku\": .sku, \"sum\": .price * .quantity }] }";
      SettingsDirectory before = settings("a", template.formatted("mail"));
      SettingsDirectory after = settings("b", template.formatted("email"));
      Tried tried = new Tried(before.read(), after.read());
      try (WhatIfs whatIfs = new WhatIfs(journal.events())) {
        for (int round = 0; round < 3; round++) {
          long id =
              whatIfs.begin(tried, WhatIfs.names(tried), DeliveryFilter.ALL).path("id").asLong();
          Eventually.within(
              Duration.ofMinutes(5),
              "it has ended",
              () -> !whatIfs.show(id).orElseThrow().path("state").asText().equals("running"));
          ObjectNode done = whatIfs.show(id).orElseThrow();
          assertThat(done.path("recipients").path(0).path("changed").asLong()).isEqualTo(EVENTS);
          System.out.printf(
              "BENCH what-if: %,d events of %,d bytes in %,d ms%n",
              EVENTS, order(1, 1).json().length, done.path("elapsedMillis").asLong());
        }
      }
    }
  }

  private SettingsDirectory settings(String place, String template) {
    return new SettingsDirectory(directory.resolve(place))
        .shop("url: https://shop.example.com/\nsubscriptions: [{ entity: Order }]\n")
        .write("templates/shop/Order.jslt", template);
  }
}
