package io.rowhook.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.HangingCommit;
import io.rowhook.testing.SourceDatabase;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a resync asks of the source's log. */
@Tag("feature-23")
class LogMarksTest {

  /** A snapshot alone does not list it: none has ended that began after it. */
  @Test
  void theNewestTransactionIsAmongThoseThatOthersDoNotSee() throws Exception {
    try (SourceDatabase source = SourceDatabase.start();
        LogMarks marks = new LogMarks(config(source))) {
      source.execute("CREATE TABLE article (id int PRIMARY KEY)");
      try (HangingCommit hanging = new HangingCommit(source, "INSERT INTO article VALUES (1)")) {
        String id = Long.toString(hanging.id());
        assertThat(marks.running()).containsExactly(id);
        hanging.letGo();
        assertThat(marks.running()).isEmpty();
      }
    }
  }

  private static SourceConfig config(SourceDatabase source) {
    Map<String, String> properties = new TreeMap<>(source.connectorProperties());
    properties.putIfAbsent("slot.name", "rowhook");
    properties.putIfAbsent("publication.name", "rowhook");
    return SourceConfig.of(properties, "source.properties");
  }
}
