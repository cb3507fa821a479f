package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.history.History;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.DoubleBinaryOperator;

/**
 * How it went at all instances that share the journal: steps of the same time are one. What is
 * counted is added up; of delays and of the lag the longest is shown.
 */
final class HistoryOfAll {

  private static final Map<String, DoubleBinaryOperator> SERIES =
      Map.of(
          "published", Double::sum,
          "delivered", Double::sum,
          "failed", Double::sum,
          "waiting", Double::sum,
          "delayMillis", Math::max,
          "lagBytes", Math::max);

  private HistoryOfAll() {}

  /** Puts into the history of one instance those of others. */
  static void add(ObjectNode own, Collection<JsonNode> others) {
    List<JsonNode> all = new ArrayList<>(others);
    all.addFirst(own.deepCopy());
    NavigableMap<Long, Map<String, Double>> steps = new TreeMap<>();
    all.forEach(one -> of(one).forEach((step, values) -> merge(steps, step, values)));
    while (steps.size() > History.STEPS) {
      steps.pollFirstEntry();
    }
    ArrayNode times = own.putArray("times");
    steps.keySet().forEach(step -> times.add(step * History.STEP.toSeconds()));
    for (String series : SERIES.keySet()) {
      ArrayNode values = own.putArray(series);
      steps.values().forEach(step -> values.add(step.get(series))); // null: not known
    }
    ArrayNode recipients = own.putArray("recipients");
    all.forEach(one -> one.path("recipients").forEach(recipients::add));
  }

  /** One's steps, each by its place in time; the later of two that fall together. */
  private static Map<Long, Map<String, Double>> of(JsonNode history) {
    Map<Long, Map<String, Double>> steps = new HashMap<>();
    JsonNode times = history.path("times");
    for (int i = 0; i < times.size(); i++) {
      Map<String, Double> values = new HashMap<>();
      for (String series : SERIES.keySet()) {
        JsonNode value = history.path(series).path(i);
        if (value.isNumber()) {
          values.put(series, value.asDouble());
        }
      }
      steps.put(Math.round(times.path(i).asDouble() / History.STEP.toSeconds()), values);
    }
    return steps;
  }

  private static void merge(
      Map<Long, Map<String, Double>> steps, long step, Map<String, Double> values) {
    Map<String, Double> there = steps.computeIfAbsent(step, _ -> new HashMap<>());
    SERIES.forEach((series, how) -> {
      Double value = values.get(series);
      if (value != null) {
        there.merge(series, value, how::applyAsDouble);
      }
    });
  }
}
