package io.rowhook;

import io.rowhook.testing.ScrapedMetrics;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A query of Prometheus, held against what a scrape has. */
final class MetricsQuery {

  /** What Prometheus itself adds. */
  private static final Set<String> TARGET = Set.of("job", "instance");

  /** What Prometheus adds to its own series of alerts. */
  private static final Set<String> ALERT = Set.of("alertname", "alertstate");

  private static final Pattern METRIC =
      Pattern.compile("\\b((?:rowhook|jvm|process|system)_\\w+)(?:\\{(.*?)})?");
  private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"(.*?)\"");
  private static final Pattern GROUPING = Pattern.compile("\\b(?:by|on)\\s*\\(([^)]*)\\)");

  private MetricsQuery() {}

  /** What it names that the scrape has not. */
  static List<String> unknown(String query, ScrapedMetrics scrape) {
    List<String> unknown = new ArrayList<>();
    Set<String> labels = new HashSet<>(TARGET);
    if (query.contains("ALERTS{")) {
      labels.addAll(ALERT);
    }
    Matcher metric = METRIC.matcher(query);
    while (metric.find()) {
      String name = metric.group(1);
      List<ScrapedMetrics.Sample> samples = scrape.samples(name);
      if (samples.isEmpty()) {
        unknown.add(name);
        continue;
      }
      samples.forEach(one -> labels.addAll(one.labels().keySet()));
      Matcher matcher = MATCHER.matcher(metric.group(2) == null ? "" : metric.group(2));
      while (matcher.find()) {
        unknown.addAll(unknown(name, matcher, scrape));
      }
    }
    Matcher grouping = GROUPING.matcher(query);
    while (grouping.find()) {
      for (String label : grouping.group(1).split("\\s*,\\s*", -1)) {
        if (!labels.contains(label)) {
          unknown.add("label " + label);
        }
      }
    }
    return unknown;
  }

  private static List<String> unknown(String metric, Matcher matcher, ScrapedMetrics scrape) {
    List<String> unknown = new ArrayList<>();
    String label = matcher.group(1);
    if (TARGET.contains(label)) {
      return unknown;
    }
    Set<String> values = scrape.values(metric, label);
    if (values.isEmpty()) {
      unknown.add(metric + "{" + label + "}");
    }
    for (String value : matcher.group(3).split("\\|", -1)) {
      if (!value.startsWith("$") && !values.contains(value)) {
        unknown.add(metric + "{" + label + "=" + value + "}");
      }
    }
    return unknown;
  }
}
