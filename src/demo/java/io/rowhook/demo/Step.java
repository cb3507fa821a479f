package io.rowhook.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * One step of the story: what somebody does in the ERP, and exactly what has to come of it.
 *
 * @param title what happens, in the ERP's words
 * @param sql the statements, as they are run and shown
 * @param expected how many webhooks of which topic each recipient gets
 * @param checks what must be true of the bodies
 */
record Step(String title, List<String> sql, Map<Awaited, Integer> expected, List<Check> checks) {

  /** What is counted: a topic for a recipient. */
  record Awaited(String recipient, String topic) implements Comparable<Awaited> {
    @Override
    public int compareTo(Awaited other) {
      return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
      return recipient + " " + topic;
    }
  }

  /** Something to be seen in the bodies that a recipient got of a step. */
  record Check(String recipient, String words, Predicate<List<JsonNode>> holds) {}

  Step(String title, String... sql) {
    this(title, List.of(sql), Map.of(), List.of());
  }

  Step awaits(String recipient, String topic) {
    return awaits(recipient, topic, 1);
  }

  Step awaits(String recipient, String topic, int count) {
    Map<Awaited, Integer> more = new TreeMap<>(expected);
    more.merge(new Awaited(recipient, topic), count, Integer::sum);
    return new Step(title, sql, more, checks);
  }

  /** Looks at the first body that the recipient got. */
  Step check(String recipient, String words, Predicate<JsonNode> holds) {
    return checkAll(recipient, words, bodies -> holds.test(bodies.getFirst()));
  }

  Step checkAll(String recipient, String words, Predicate<List<JsonNode>> holds) {
    List<Check> more = new ArrayList<>(checks);
    more.add(new Check(recipient, words, holds));
    return new Step(title, sql, expected, more);
  }

  int owedTo(String recipient) {
    return expected.entrySet().stream()
        .filter(entry -> entry.getKey().recipient().equals(recipient))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }
}
