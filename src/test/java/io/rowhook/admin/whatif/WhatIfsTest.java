package io.rowhook.admin.whatif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.entity.Event;
import io.rowhook.journal.DeliveryAdminException;
import io.rowhook.journal.DeliveryFilter;
import io.rowhook.journal.Samples;
import io.rowhook.settings.SettingsDirectory;
import io.rowhook.settings.SettingsDrafts.Tried;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which events are gone through, how many at once, and what is kept of it. */
@Tag("feature-12")
class WhatIfsTest {

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
  void theRangeIsWhatWasAskedFor() throws Exception {
    rig.orders();
    SettingsDirectory before = rig.files("a");
    SettingsDirectory after =
        rig.files("b").write("templates/Order.jslt", "{ \"a\": .data.total }");
    Instant from = Samples.NOON.plusMillis(200);
    Instant to = Samples.NOON.plusMillis(500);
    DeliveryFilter times = new DeliveryFilter(null, null, from, to, null, null);
    assertThat(changedIn(before, after, times)).containsExactly("2", "3", "4");
    assertThat(changedIn(before, after, DeliveryFilter.ALL.between(4L, 5L)))
        .containsExactly("4", "5");
    assertThat(changedIn(before, after, times.of("Order", "3"))).containsExactly("3");
    assertThat(changedIn(before, after, times.of("Article", null))).isEmpty();
    assertThat(changedIn(before, after, DeliveryFilter.ALL.between(90L, null))).isEmpty();
  }

  private List<String> changedIn(
      SettingsDirectory before, SettingsDirectory after, DeliveryFilter filter)
      throws DeliveryAdminException {
    ObjectNode found = rig.compared(before, after, filter);
    JsonNode one = found.path("recipients").path(0);
    assertThat(one.path("changed").asLong()).isEqualTo(found.path("events").asLong());
    return one.path("examples").findValuesAsText("id");
  }

  @Test
  void manyEventsAreCountedWholeAndKeptSmall() throws Exception {
    int many = 12_000;
    for (int end = 1_000; end < 1_000 + many; end += 1_000) {
      int at = end;
      rig.publish(
          end,
          IntStream.range(0, 1_000)
              .mapToObj(i -> WhatIfRig.event("Order", at + i, at, "{\"total\":" + i + "}"))
              .toArray(Event[]::new));
    }
    ObjectNode found =
        rig.compared(
            rig.files("a").write("templates/Order.jslt", "{ \"a\": .data.total }"),
            rig.files("b")
                .write(
                    "templates/Order.jslt",
                    "{ \"k\" + .data.total: 1, \"text\": [for (split(\"%s\", \",\")) .] }"
                        .formatted("x".repeat(900) + ",")
                        .replace("%s", "")));
    assertThat(found.path("events").asLong()).isEqualTo(many);
    assertThat(found.path("examined").asLong()).isEqualTo(many);
    JsonNode one = found.path("recipients").path(0);
    assertThat(one.path("changed").asLong()).isEqualTo(many);
    assertThat(one.path("keysAppear")).hasSize(Tally.KEYS);
    assertThat(one.path("keysAppear").path(0).path("key").asText()).isEqualTo("text");
    assertThat(one.path("keysAppear").path(0).path("count").asLong()).isEqualTo(many);
    assertThat(one.path("examples").findValuesAsText("sequence"))
        .containsExactly("1", "2", "3", "4", "5");
  }

  @Test
  void twoRunAtOnceAndTheLastEightAreKept() throws Exception {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      events.add(WhatIfRig.event("Order", i, 100, "{\"total\":" + i + "}"));
    }
    rig.publish(100, events.toArray(Event[]::new));
    SettingsDirectory before = rig.files("a");
    String slow = "def f(n) if ($n > 0) f($n - 1) + f($n - 1) else 1  { \"n\": f(14) + %d }";
    Tried tried =
        new Tried(
            WhatIfRig.read(before.write("templates/Order.jslt", slow.formatted(1))),
            WhatIfRig.read(rig.files("b").write("templates/Order.jslt", slow.formatted(2))));
    Set<String> names = WhatIfs.names(tried);
    long one = rig.whatIfs.begin(tried, names, DeliveryFilter.ALL).path("id").asLong();
    long two = rig.whatIfs.begin(tried, names, DeliveryFilter.ALL).path("id").asLong();
    assertThatThrownBy(() -> rig.whatIfs.begin(tried, names, DeliveryFilter.ALL))
        .isInstanceOf(DeliveryAdminException.class)
        .hasMessageContaining("2 run already");
    assertThat(rig.whatIfs.cancel(one).orElseThrow().path("state").asText()).isEqualTo("cancelled");
    long left = rig.whatIfs.show(one).orElseThrow().path("examined").asLong();
    assertThat(left).isLessThan(200);
    rig.whatIfs.cancel(two);
    for (int i = 0; i < WhatIfs.KEPT; i++) {
      rig.compared(before, before);
    }
    assertThat(rig.whatIfs.list()).hasSize(WhatIfs.KEPT);
    assertThat(rig.whatIfs.show(one)).isEmpty();
    rig.whatIfs.forget();
    assertThat(rig.whatIfs.list()).isEmpty();
  }
}
