package io.rowhook.admin.whatif;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.settings.SettingsDirectory;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What edits would have done to a filled journal: what is counted as what. */
@Tag("feature-12")
class WhatIfTest {

  @TempDir Path directory;
  private WhatIfRig rig;

  @BeforeEach
  void open() {
    rig = new WhatIfRig(directory);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void countsWhatChangesByKeyAndShowsExamples() throws Exception {
    rig.orders();
    String shop = WhatIfRig.URL + "subscriptions: [{ entity: Order }]\n";
    ObjectNode found =
        rig.compared(
            rig.files("a")
                .shop(shop)
                .write(
                    "templates/shop/Order.jslt",
                    "{ \"id\": .entityId, \"state\": .data.status, \"sum\": .data.total,\n"
                        + " \"lines\": [for (.data.lines) { \"sku\": .sku }] }"),
            rig.files("b")
                .shop(shop)
                .write(
                    "templates/shop/Order.jslt",
                    "{ \"id\": .entityId, \"status\": .data.status, \"sum\": .data.total,\n"
                        + " \"lines\": [for (.data.lines) { \"sku\": .sku, \"price\": .price }]"
                        + " }"));
    assertThat(found.path("state").asText()).isEqualTo("done");
    assertThat(found.path("events").asLong()).isEqualTo(6);
    assertThat(found.path("examined").asLong()).isEqualTo(6);
    JsonNode one = found.path("recipients").path(0);
    assertThat(found.path("recipients")).hasSize(1);
    assertThat(WhatIfRig.counts(one))
        .isEqualTo("0 same, 6 changed, 0 new, 0 gone, 0 break, 0 mended");
    assertThat(WhatIfRig.keys(one.path("keysAppear")))
        .isEqualTo(Map.of("status", 6L, "lines[].price", 6L));
    assertThat(WhatIfRig.keys(one.path("keysVanish"))).isEqualTo(Map.of("state", 6L));
    assertThat(one.path("examples").findValuesAsText("sequence"))
        .containsExactly("1", "2", "3", "4", "5");
    JsonNode example = one.path("examples").path(1);
    assertThat(example.path("kind").asText()).isEqualTo("changed");
    assertThat(example.path("event").asText()).isEqualTo("evt_Order_2_200");
    assertThat(example.path("before").asText())
        .isEqualTo("{\"id\":2,\"state\":\"shipped\",\"sum\":2,\"lines\":[{\"sku\":\"A2\"}]}");
    assertThat(example.path("after").asText()).contains("\"price\":2.50");
  }

  @Test
  void whatIsNewlyWantedNoLongerWantedBreaksAndIsMended() throws Exception {
    rig.orders();
    String order =
        WhatIfRig.URL + "subscriptions: [{ entity: Order, when: '.data.status == \"%s\"' }]\n";
    assertThat(
            WhatIfRig.counts(
                rig.compared(
                        rig.files("a").shop(order.formatted("open")),
                        rig.files("b").shop(order.formatted("shipped")))
                    .path("recipients")
                    .path(0)))
        .isEqualTo("0 same, 0 changed, 3 new, 3 gone, 0 break, 0 mended");
    String shop = WhatIfRig.URL + "subscriptions: [{ entity: Order }]\n";
    SettingsDirectory good =
        rig.files("c").shop(shop).write("templates/Order.jslt", "{ \"a\": .data.total }");
    SettingsDirectory bad =
        rig.files("d")
            .shop(shop)
            .write(
                "templates/Order.jslt",
                "{ \"a\": if (.data.total > 2) number(.data.status) - 1 else .data.total }");
    JsonNode breaks = rig.compared(good, bad).path("recipients").path(0);
    assertThat(WhatIfRig.counts(breaks))
        .isEqualTo("2 same, 0 changed, 0 new, 0 gone, 4 break, 0 mended");
    assertThat(breaks.path("examples").path(0).path("trouble").asText()).contains("Order.jslt:1:");
    assertThat(breaks.path("examples").path(0).path("after").isNull()).isTrue();
    assertThat(WhatIfRig.counts(rig.compared(bad, good).path("recipients").path(0)))
        .isEqualTo("2 same, 0 changed, 0 new, 0 gone, 0 break, 4 mended");
    assertThat(
            WhatIfRig.counts(
                rig.compared(
                        good,
                        rig.files("e")
                            .shop(shop + "path: /x/{data.status}/{data.none}\n")
                            .write("templates/Order.jslt", "{ \"a\": .data.total }"))
                    .path("recipients")
                    .path(0)))
        .as("what has no path to go to is a delivery that fails")
        .isEqualTo("0 same, 0 changed, 0 new, 0 gone, 6 break, 0 mended");
  }

  @Test
  void whoWouldBeNewOrGoneAndWhoIsNotConcerned() throws Exception {
    rig.orders();
    SettingsDirectory before =
        rig.files("a")
            .write("config/recipients/old.yaml", WhatIfRig.URL)
            .write("config/recipients/x.yaml", WhatIfRig.URL);
    SettingsDirectory after =
        rig.files("b")
            .write("config/recipients/new.yaml", WhatIfRig.URL)
            .write(
                "config/recipients/x.yaml",
                WhatIfRig.URL + "timeout: 7s\nprocessing: sequential\n");
    ObjectNode found = rig.compared(before, after);
    assertThat(found.path("unaffected").toString()).isEqualTo("[\"shop\",\"x\"]");
    assertThat(found.path("recipients").findValuesAsText("recipient"))
        .containsExactly("new", "old");
    assertThat(found.path("recipients").path(0).path("newlyWanted").asLong()).isEqualTo(6);
    assertThat(found.path("recipients").path(1).path("noLongerWanted").asLong()).isEqualTo(6);
    found = rig.compared(before, before);
    assertThat(found.path("recipients")).isEmpty();
    assertThat(found.path("unaffected")).hasSize(3);
    assertThat(found.path("events").asLong()).isEqualTo(6);
    assertThat(found.path("examined").asLong()).as("nothing was rendered").isZero();
  }

  /** As dispatching does: another's events and one's own doing are not told. */
  @Test
  void whatIsForAnotherAloneAndOnesOwnDoingCountForNobodyElse() throws Exception {
    rig.orders();
    rig.publish(700, WhatIfRig.event("Order", 7, 700, "{\"total\":7}", "stock"));
    Event own = WhatIfRig.event("Rowhook", 8, 800, "{\"total\":8}", "shop");
    rig.publish(
        800,
        new Event(
            own.id(),
            own.entityType(),
            own.entityId(),
            EventType.RecipientPaused,
            own.committedAt(),
            own.position(),
            own.json(),
            own.audience()));
    String shop = WhatIfRig.URL + "not-from: shop\nsubscriptions: [{ entity: Order }%s]\n";
    ObjectNode found =
        rig.compared(
            rig.files("a").shop(shop.formatted("")).write("templates/Order.jslt", "{ \"a\": 1 }"),
            rig.files("b")
                .shop(shop.formatted(", { entity: Rowhook, events: [RecipientPaused] }"))
                .write("templates/Order.jslt", "{ \"a\": 1.0 }"));
    assertThat(found.path("events").asLong()).isEqualTo(8);
    assertThat(WhatIfRig.counts(found.path("recipients").path(0)))
        .as("1.0 is another number than 1, order 3 is shop's own, order 7 another's")
        .isEqualTo("0 same, 5 changed, 1 new, 0 gone, 0 break, 0 mended");
  }

  @Test
  void theOrderOfKeysIsNoDifferenceAndXmlIsComparedAsItStands() throws Exception {
    rig.orders();
    String shop = WhatIfRig.URL + "subscriptions: [{ entity: Order }]\n";
    String one = "{ \"a\": .data.total, \"b\": 2 }";
    String other = "{ \"b\": 2, \"a\": .data.total }";
    ObjectNode json =
        rig.compared(
            rig.files("a").shop(shop).write("templates/Order.jslt", one),
            rig.files("b").shop(shop).write("templates/Order.jslt", other));
    assertThat(json.path("recipients").path(0).path("same").asLong()).isEqualTo(6);
    String xml = shop + "format: xml\n";
    ObjectNode found =
        rig.compared(
            rig.files("c").shop(xml).write("templates/Order.jslt", one),
            rig.files("d").shop(xml).write("templates/Order.jslt", other));
    JsonNode changed = found.path("recipients").path(0);
    assertThat(WhatIfRig.counts(changed))
        .isEqualTo("0 same, 6 changed, 0 new, 0 gone, 0 break, 0 mended");
    assertThat(changed.path("keysAppear")).isEmpty();
    assertThat(changed.path("examples").path(0).path("after").asText())
        .contains("<b>2</b><a>1</a>");
  }
}
