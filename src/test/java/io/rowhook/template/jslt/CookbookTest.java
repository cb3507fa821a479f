package io.rowhook.template.jslt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every example of the cookbook makes what stands below it. */
class CookbookTest {

  private static final Path COOKBOOK = Path.of("jslt-templates/README.md");
  private static final Pattern BLOCK =
      Pattern.compile(
          "^(?:## ([^\n]+)|```(\\w+) ?(\\S*)\n(.*?)^```$)", Pattern.MULTILINE | Pattern.DOTALL);

  private final Map<String, String> files = new TreeMap<>();
  private String event = "";

  private record Example(String title, String template, String result) {}

  @TestFactory
  @Tag("feature-14")
  @Tag("feature-18")
  Stream<DynamicTest> makesWhatItSays() throws Exception {
    return examples().stream()
        .map(example -> DynamicTest.dynamicTest(example.title, () -> run(example)));
  }

  @Test
  void hasAnExampleOfEachThingThatOneDoes() throws Exception {
    assertThat(examples()).extracting(Example::title).doesNotHaveDuplicates().hasSize(13);
  }

  private void run(Example example) throws Exception {
    Map<String, String> all = new TreeMap<>(files);
    all.put("example.jslt", example.template);
    JsltTemplate set = JsltTemplate.compile("example.jslt", all);
    JsonNode made = Json.MAPPER.readTree(set.render(event()));
    assertThat(made.toPrettyString())
        .isEqualTo(Json.MAPPER.readTree(example.result).toPrettyString());
  }

  private List<Example> examples() throws Exception {
    List<Example> examples = new ArrayList<>();
    String title = "";
    String template = "";
    Matcher block = BLOCK.matcher(Files.readString(COOKBOOK));
    while (block.find()) {
      if (block.group(1) != null) {
        title = block.group(1);
      } else if (block.group(3).equals("event")) {
        event = block.group(4);
      } else if (!block.group(3).isEmpty()) {
        files.put(block.group(3), block.group(4));
      } else if (block.group(2).equals("jslt")) {
        template = block.group(4);
      } else {
        examples.add(new Example(title, template, block.group(4)));
      }
    }
    return examples;
  }

  private Event event() throws Exception {
    JsonNode json = Json.MAPPER.readTree(event);
    return new Event(
        json.path("id").asText(),
        json.path("entityType").asText(),
        json.path("entityId").asText(),
        EventType.valueOf(json.path("event").asText()),
        Instant.parse(json.path("timestamp").asText()),
        Position.START,
        json.toString().getBytes(StandardCharsets.UTF_8));
  }
}
