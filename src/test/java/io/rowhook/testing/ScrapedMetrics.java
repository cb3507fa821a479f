package io.rowhook.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A scrape, as Prometheus' parser sees it. */
public final class ScrapedMetrics {

  /**
   * One line of it.
   *
   * @param exemplar what stands behind {@code #}; empty: nothing
   */
  public record Sample(String name, Map<String, String> labels, double value, String exemplar) {}

  private static final Pattern LINE =
      Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*?)})? (\\S+)(?: # (.*))?");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  private final List<Sample> samples = new ArrayList<>();

  /**
   * Reads either format.
   *
   * @throws IllegalArgumentException for a line that is none
   */
  public ScrapedMetrics(String text) {
    for (String line : text.split("\n", -1)) {
      if (!line.isEmpty() && !line.startsWith("#")) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
          throw new IllegalArgumentException("no sample: " + line);
        }
        samples.add(
            new Sample(
                parts.group(1),
                labels(parts.group(2)),
                value(parts.group(3)),
                parts.group(4) == null ? "" : parts.group(4)));
      }
    }
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new HashMap<>();
    Matcher label = LABEL.matcher(text == null ? "" : text);
    while (label.find()) {
      labels.put(label.group(1), label.group(2));
    }
    return labels;
  }

  private static double value(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /** All of them. */
  public List<Sample> samples() {
    return samples;
  }

  /** Those of a name, with these labels among theirs: name, value, name, value. */
  public List<Sample> samples(String name, String... labels) {
    return samples.stream()
        .filter(one -> one.name().equals(name))
        .filter(one -> {
          boolean all = true;
          for (int i = 0; i < labels.length; i += 2) {
            all &= labels[i + 1].equals(one.labels().get(labels[i]));
          }
          return all;
        })
        .toList();
  }

  /** The value of the only one of a name with these labels; NaN: there is none. */
  public double value(String name, String... labels) {
    List<Sample> found = samples(name, labels);
    if (found.size() > 1) {
      throw new IllegalArgumentException(name + " has " + found.size() + " with these labels");
    }
    return found.isEmpty() ? Double.NaN : found.getFirst().value();
  }

  /** The names of all. */
  public Set<String> names() {
    return samples.stream().map(Sample::name).collect(Collectors.toCollection(TreeSet::new));
  }

  /** The values that a label has in those of a name. */
  public Set<String> values(String name, String label) {
    return samples(name).stream()
        .filter(one -> one.labels().containsKey(label))
        .map(one -> one.labels().get(label))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
