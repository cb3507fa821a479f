package io.rowhook.template;

import static io.rowhook.template.TemplateRegistryTest.compile;
import static io.rowhook.template.TemplateRegistryTest.event;
import static io.rowhook.template.TemplateRegistryTest.quoted;
import static io.rowhook.template.TemplateRegistryTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.entity.Event;
import io.rowhook.recipient.BodyFormat;
import io.rowhook.recipient.Integers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An event is parsed once, and not kept for ever. */
class EventTreesTest {

  /** Conditions and templates of all recipients look at one tree, which none of them changes. */
  @Test
  void anEventIsParsedOnce() throws Exception {
    Event event = event(quoted("{'type':'a','data':{'a':[1,{'b':2}],'c':'x'}}"));
    JsonNode tree = EventTrees.of(event);
    JsonNode before = tree.deepCopy();
    Template set =
        compile(
            quoted(
                "{'a': .data.a + [3], 'o': .data + {'c': 'y'}, 'n': [for (.data.a) .], * - data : .}"));
    BodyRenderer renderer =
        new BodyRenderer(
            set, BodyFormat.json, Integers.number, Optional.of("own"), Optional.empty(), false);
    assertThat(text(renderer.render(event))).contains(quoted("'type':'own'"));
    set.render(event);
    assertThat(Condition.compile("when", ".data.c == \"x\"").holds(event)).isTrue();
    assertThat(EventTrees.of(event)).isSameAs(tree).isEqualTo(before);
  }

  @Test
  void oldTreesAreLetGo() throws Exception {
    EventTrees trees = new EventTrees();
    byte[] first = "{}".getBytes(StandardCharsets.UTF_8);
    JsonNode tree = trees.tree(first);
    byte[] large = (" ".repeat(20 << 10) + "{}").getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 12; i++) {
      trees.tree(large.clone());
      assertThat(trees.tree(first)).isSameAs(tree);
    }
    trees.tree(large.clone());
    assertThat(trees.tree(first)).isNotSameAs(tree).isEqualTo(tree);
  }
}
