package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.base.Json;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plays the stories under {@code src/test/resources/stories}: the whole flow, real on both ends.
 */
class StoryTest {

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;

  @Test
  @Tag("feature-4")
  @Tag("feature-5")
  void eventsOfASubscription() throws Exception {
    play("events-of-a-subscription.story");
  }

  @Test
  @Tag("feature-6")
  void oneEntityAMessage() throws Exception {
    play("one-entity-a-message.story");
  }

  @Test
  @Tag("feature-7")
  @Tag("feature-8")
  void oneIdOnly() throws Exception {
    play("one-id-only.story");
  }

  @Test
  @Tag("feature-2")
  @Tag("feature-18")
  @Tag("feature-19")
  void full() throws Exception {
    play("full.story");
  }

  @Test
  @Tag("feature-9")
  @Tag("feature-11")
  @Tag("feature-14")
  @Tag("feature-48")
  void threeRecipients() throws Exception {
    play("three-recipients.story");
  }

  @Test
  @Tag("feature-62")
  void mutingAndContext() throws Exception {
    play("muting-and-context.story");
  }

  @Test
  @Tag("feature-21")
  void conditionsOnRows() throws Exception {
    play("conditions-on-rows.story");
  }

  @Test
  @Tag("feature-21")
  void includedColumns() throws Exception {
    play("included-columns.story");
  }

  @Test
  @Tag("feature-21")
  void furtherReferences() throws Exception {
    play("further-references.story");
  }

  @Test
  @Tag("feature-21")
  void equalKeys() throws Exception {
    play("equal-keys.story");
  }

  @Test
  @Tag("feature-13")
  void aTemplateThatThrows() throws Exception {
    play("a-template-that-throws.story");
  }

  @Test
  @Tag("feature-21")
  void anOrderAndItsLines() throws Exception {
    play("an-order-and-its-lines.story");
  }

  @Test
  @Tag("feature-16")
  @Tag("feature-17")
  @Tag("feature-52")
  void conditions() throws Exception {
    play("conditions.story");
  }

  private void play(String name) throws Exception {
    Story story = Story.read(name);
    try (Stage stage = new Stage(source, directory).tables()) {
      for (Story.Section section : story.sections()) {
        if (section.isRecipientFile()) {
          stage.write("connector-config/" + section.title(), section.text());
          stage.receiver(recipient(section.title()), TestReceiver.Settings.DEFAULT);
        } else if (section.isTemplate()) {
          stage.write("jslt-" + section.title(), section.text());
        } else if (section.isEntities()) {
          stage.write("connector-config/entities.yaml", section.text());
        } else if ("setup".equals(section.title())) {
          source.execute(section.lines().toArray(String[]::new));
        }
      }
      stage.start();
      Map<String, Integer> seen = new HashMap<>();
      for (Story.Section section : story.sections()) {
        if ("sql".equals(section.title())) {
          source.execute(section.lines().toArray(String[]::new));
        } else if (!section.isRecipientFile()
            && !section.isTemplate()
            && !section.isEntities()
            && !"setup".equals(section.title())) {
          expect(stage, section, seen);
        }
      }
      stage.awaitIdle();
      seen.forEach((recipient, count) ->
          assertThat(stage.inbox(recipient))
              .as("%s gets no more than the story says", recipient)
              .hasSize(count));
    }
  }

  private static void expect(Stage stage, Story.Section section, Map<String, Integer> seen)
      throws Exception {
    int from = seen.getOrDefault(section.title(), 0);
    int to = from + section.lines().size();
    List<ReceivedRequest> got = stage.await(section.title(), to).subList(from, to);
    List<String> actual = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < got.size(); i++) {
      String[] line = section.lines().get(i).split(" ", 2);
      JsonNode body = Stage.json(got.get(i));
      actual.add(got.get(i).topic() + " " + body);
      expected.add(line[0] + " " + filledIn(Json.MAPPER.readTree(line[1]), body));
    }
    assertThat(actual).as(section.title()).isEqualTo(expected);
    seen.put(section.title(), to);
  }

  private static String recipient(String file) {
    return file.substring(file.indexOf('/') + 1, file.lastIndexOf('.'));
  }

  /** An expected body with every "*" in it replaced by what really stands there. */
  private static JsonNode filledIn(JsonNode expected, @Nullable JsonNode actual) {
    if (expected.isTextual() && "*".equals(expected.textValue()) && actual != null) {
      return actual;
    }
    if (expected instanceof ObjectNode object && actual != null) {
      ObjectNode filled = Json.MAPPER.createObjectNode();
      object
          .properties()
          .forEach(e -> filled.set(e.getKey(), filledIn(e.getValue(), actual.get(e.getKey()))));
      return filled;
    }
    return expected;
  }
}
