package io.rowhook.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What conditions and templates cost: beside the same recipients without. */
final class Shaping {

  private static final int RECIPIENTS = 20;
  private static final int SUBSCRIPTIONS = 10;
  private static final String RATE = "deliveries/s";
  private static final String PROCESSOR = Turn.PROCESSOR + "a delivery";
  private static final String NONE = "with none";

  private final Place place;
  private final RowhookItself rowhook;

  Shaping(Place place) {
    this.place = place;
    rowhook = new RowhookItself(place.rowhook());
  }

  /**
   * 20 recipients with 10 subscriptions each, of which one matches; each has a condition and a
   * template.
   */
  void conditions() throws IOException {
    String of = "h  20 recipients with 10 subscriptions each, with conditions and templates";
    Map<String, String> plain = new TreeMap<>();
    Map<String, String> conditional = new TreeMap<>();
    Map<String, String> templates = new TreeMap<>();
    for (int i = 0; i < RECIPIENTS; i++) {
      String name = "recipient-" + i;
      String file = rowhook.recipient(place.receiver().url("now", i));
      plain.put(name, file);
      StringBuilder subscriptions = new StringBuilder(file + "subscriptions:\n");
      for (int k = 0; k < SUBSCRIPTIONS; k++) {
        subscriptions.append(
            """
              - entity: Article
                when: '.data.stock >= %d and .data.stock < %d and .data.active'
                attributes: level-%d
            """
                .formatted(5 * k, 5 * k + 5, k)); // stocks are 0 to 49
        templates.put(
            "%s/level-%d.jslt".formatted(name, k),
            """
            { "sku": .data.sku, "level": %d, "stock": .data.stock, "price": .data.price, "mark": .data.mark,
              "title": .data.name + " (" + .data.sku + ")", "available": .data.stock > 0 }
            """
                .formatted(k));
      }
      conditional.put(name, subscriptions.toString());
    }
    for (int round = 0; round < place.rounds(); round++) {
      measure(of, NONE, plain, Map.of(), place.rows() / 50);
      measure(of, "with both", conditional, templates, place.rows() / 50);
    }
    place.report().progress(place.report().table(of));
  }

  /** A template of some forty keys to one recipient. */
  void template() throws IOException {
    String of = "i  a template of 40 keys, with a module, decisions and exact amounts";
    String file = rowhook.recipient(place.receiver().url("now", 0));
    Map<String, String> templates =
        Map.of("shop/article.jslt", example("article.jslt"), "lib/shop.jslt", example("shop.jslt"));
    String subscription = "subscriptions:\n  - entity: Article\n    attributes: article\n";
    for (int round = 0; round < place.rounds(); round++) {
      measure(of, NONE, Map.of("shop", file), Map.of(), place.rows());
      measure(of, "the template", Map.of("shop", file + subscription), templates, place.rows());
    }
    place.report().progress(place.report().table(of));
  }

  private void measure(
      String of,
      String who,
      Map<String, String> recipients,
      Map<String, String> templates,
      int events)
      throws IOException {
    int count = recipients.size();
    try (Turn turn = Turn.of(place, rowhook, recipients, templates)) {
      turn.warm(Benchmark.number("warm", 20_000) / count, count);
      turn.begin();
      Written written = Load.tens.write(place.bed(), events);
      turn.await(written, count);
      double processor = turn.processor();
      double seconds = turn.verify(written, count);
      int deliveries = written.events() * count;
      Report report = place.report();
      report.add(of, who, RATE, deliveries / seconds);
      report.add(of, who, PROCESSOR, processor / deliveries);
      report.add(of, who, Turn.MEMORY, turn.peakMemory());
      report.progress("%s, %s: %,.0f deliveries/s".formatted(of, who, deliveries / seconds));
    }
  }

  private static String example(String name) throws IOException {
    return Files.readString(Path.of("src/benchmark/templates", name));
  }
}
