package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.base.Json;
import io.rowhook.journal.DeliverySearch;
import io.rowhook.journal.JournalEntry;
import io.rowhook.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What an example's golden files say of one recipient. {@code 04-shipped.event.json} is the fourth
 * event of the story, {@code 04-shipped.body.json} or {@code .body.xml} what is sent of it, and
 * {@code 04-shipped.skipped} that nothing is. Lines of {@code headers} name headers of a request:
 * {@code 04-shipped Rowhook-Topic: order.shipped}.
 */
final class Golden {

  /**
   * Places in an event that have another value at each run, and what stands for it in the files.
   */
  private static final Map<String, JsonNode> PLACEHOLDERS =
      Map.of(
          "/id", text("evt_00000000000000000000000000000000"),
          "/timestamp", text("2026-05-24T15:20:44.123456Z"),
          "/data/since", text("2026-05-24T15:20:44.123Z"),
          "/readAt", text("2026-05-24T15:20:44.234567Z"),
          "/source/lsn", text("0/16B3748"),
          "/source/txId", Json.MAPPER.getNodeFactory().numberNode(571));

  private static final String EVENT = ".event.json";

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Path files;
  private final String recipient;

  Golden(Example example, String recipient) {
    this.files = example.expected().resolve(recipient);
    this.recipient = recipient;
  }

  /** Compares events, requests, and what became of them. */
  void hold(Stage stage) throws IOException {
    List<JournalEntry> events = stage.flow().journal().read(0, 1000, Long.MAX_VALUE);
    List<String> sent = new ArrayList<>();
    for (Path file : Example.files(files)) {
      if (file.toString().endsWith(EVENT)) {
        String number = String.valueOf(file.getFileName()).substring(0, 2);
        JournalEntry entry = events.get(Integer.parseInt(number) - 1);
        assertThat(withPlaceholders(entry).toPrettyString())
            .as("%s", file)
            .isEqualTo(tree(Files.readString(file)));
        if (isSent(file, entry, stage.inbox(recipient))) {
          sent.add(entry.event().id());
          // Outcomes are gathered: it is recorded a moment after it has arrived.
          Eventually.within(
              PATIENCE,
              file + " stands as delivered",
              () ->
                  stage
                      .flow()
                      .journal()
                      .search()
                      .find(recipient, entry.sequence())
                      .map(DeliverySearch.Found::state)
                      .equals(Optional.of("delivered")));
        }
      }
    }
    assertThat(stage.inbox(recipient))
        .as("what %s got, each once and in order", recipient)
        .map(ReceivedRequest::id)
        .isEqualTo(sent);
  }

  private boolean isSent(Path event, JournalEntry entry, List<ReceivedRequest> inbox)
      throws IOException {
    Path json = beside(event, ".body.json");
    Path xml = beside(event, ".body.xml");
    if (!Files.exists(json) && !Files.exists(xml)) {
      assertThat(beside(event, ".skipped")).exists();
      return false;
    }
    Optional<ReceivedRequest> found =
        inbox.stream().filter(one -> entry.event().id().equals(one.id())).findFirst();
    assertThat(found).as("what was sent of %s", event).isPresent();
    ReceivedRequest request = found.orElseThrow();
    String body = withPlaceholders(entry, request.text());
    if (Files.exists(json)) {
      assertThat(tree(body)).as("%s", json).isEqualTo(tree(Files.readString(json)));
    } else {
      assertThat(body).as("%s", xml).isEqualTo(Files.readString(xml));
    }
    String name = String.valueOf(beside(event, "  ").getFileName());
    for (String line : Files.readAllLines(files.resolve("headers"))) {
      if (line.startsWith(name)) {
        String[] header = line.substring(name.length()).split(": ", 2);
        assertThat(request.header(header[0])).as("%s: %s", event, line).isEqualTo(header[1]);
      }
    }
    assertThat(request.accepted()).as("%s got it signed as it wants", event).isTrue();
    return true;
  }

  private static Path beside(Path event, String suffix) {
    return event.resolveSibling(String.valueOf(event.getFileName()).replace(EVENT, suffix));
  }

  private static ObjectNode withPlaceholders(JournalEntry entry) throws IOException {
    ObjectNode event = (ObjectNode) Json.MAPPER.readTree(entry.event().json());
    PLACEHOLDERS.forEach((place, value) -> {
      int slash = place.lastIndexOf('/');
      if (event.at(place.substring(0, slash)) instanceof ObjectNode parent
          && parent.has(place.substring(slash + 1))) {
        parent.set(place.substring(slash + 1), value);
      }
    });
    return event;
  }

  /** Of a body, in which they may stand anywhere. */
  private static String withPlaceholders(JournalEntry entry, String body) throws IOException {
    JsonNode event = Json.MAPPER.readTree(entry.event().json());
    Map<String, String> values = new TreeMap<>();
    PLACEHOLDERS.forEach((place, value) -> {
      if (event.at(place).isTextual()) {
        values.put(event.at(place).textValue(), value.textValue());
      }
    });
    String replaced = body;
    for (Map.Entry<String, String> value : values.entrySet()) {
      replaced = replaced.replace(value.getKey(), value.getValue());
    }
    return replaced;
  }

  private static String tree(String json) throws IOException {
    return Json.MAPPER.readTree(json).toPrettyString();
  }

  private static JsonNode text(String value) {
    return Json.MAPPER.getNodeFactory().textNode(value);
  }
}
