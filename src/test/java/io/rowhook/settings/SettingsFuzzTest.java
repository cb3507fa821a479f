package io.rowhook.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that hold anything at all never end the watch: each is refused by its name or taken, and as
 * soon as it is good again everything is as before. {@code -Dseed=N} begins elsewhere, {@code
 * -Drounds=N} goes on for longer.
 */
@Timeout(600)
class SettingsFuzzTest {

  private static final long SEED = Long.getLong("seed", 20261128L);
  private static final int ROUNDS = Integer.getInteger("rounds", 200);

  /** By the file's name in a message. */
  private static final Map<String, String> GOOD =
      Map.of(
          "config/source.properties",
          """
          database.hostname=localhost
          database.user=rowhook
          database.password=secret
          database.dbname=erp
          """,
          "config/rowhook.yaml",
          "retention: 5d\nallow: { networks: [10.0.0.0/8] }\n",
          "config/entities.yaml",
          """
          Article: { table: public.article, attributes: { exclude: [note] } }
          Order:
            table: sales.sales_order
            contains:
              lines: { table: sales.order_line, key: order_id, order-by: line_no }
            refers:
              customer: { table: crm.customer, key: customer_id, attributes: [name] }
          """,
          "config/recipients/shop.yaml",
          """
          url: "https://shop.example.com/hooks?a=1"
          authentication: { basic: { username: erp, password: "p: #1" } }
          acknowledge: { status: [200, 202], when: ".ok == true", final: [422] }
          retry: { delays: [5s, 5m], from: previous, jitter: 0.2 }
          pause: { failures: 10, within: 10m, probe: [5s, 1h] }
          processing: parallel
          jobs: 8
          subscriptions:
            - entity: Order
              events: [Created, Updated]
              when: '.data.status == "shipped" and .data.total > 10'
              attributes: status
            - entity: Article
          """,
          "config/recipients/stock.yaml",
          "url: https://stock.example.com\nsubscriptions: [{ entity: Article, id: 7 }]\n",
          "templates/Article.jslt",
          "import \"lib/money.jslt\" as m\n{ \"id\": .entityId, \"p\": m:cents(.data.price) }",
          "templates/shop/status.jslt",
          "let s = .data.status\n{ \"s\": if ($s) $s else \"none\", \"l\": [for (.data.lines) .no] }",
          "templates/lib/money.jslt",
          "def cents(p) decimal-round(decimal-multiply($p, 100), 0)\n");

  private static final List<String> NASTY =
      List.of(
          "\"\\UFFFFFFFF\"",
          "\\U00110000",
          "99999999999999999999",
          "-99999999999999999999",
          "when: '.data.ref == 99999999999999999999'",
          "&a [*a, *a]",
          "*a",
          "!!binary x",
          "!x",
          "{",
          "}",
          "[",
          "]",
          "(",
          ")",
          "\"",
          "'",
          "\t",
          "\0",
          "\r",
          "\n",
          "---\n",
          "? ",
          "<<: *a",
          "${env:NOPE}",
          "${file:/dev/zero}",
          "${file:/}",
          "${",
          "1e999",
          "\\",
          "\\u12",
          "\uFEFF",
          "def f(x) f($x)",
          "import \"lib/nope.jslt\" as m",
          "$nope",
          "test(., \"(\")",
          "#",
          ": ",
          "- ",
          "|\n",
          "null",
          "~",
          "0x7fffffffffffffffffff",
          "1d",
          "99999999999999d",
          "[".repeat(3000),
          "{\"a\":".repeat(3000),
          "(".repeat(5000),
          "not ".repeat(2000),
          "- ".repeat(3000));

  @TempDir Path temp;

  private SettingsReloader watch;
  private Settings before;

  @BeforeEach
  void watchAGoodDirectory() throws Exception {
    for (Map.Entry<String, String> file : GOOD.entrySet()) {
      write(file.getKey(), file.getValue().getBytes(StandardCharsets.UTF_8));
    }
    before = Settings.read(temp.resolve("config"), temp.resolve("templates"), Map.of());
    watch =
        new SettingsReloader(
            before, temp.resolve("config"), temp.resolve("templates"), Map.of(), (_, _) -> {});
  }

  @Test
  void whateverAFileHoldsTheWatchLivesAndRecovers() throws Exception {
    List<String> names = GOOD.keySet().stream().sorted().toList();
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + round);
      String name = names.get(random.nextInt(names.size()));
      write(name, mutated(good(name), random));
      looks();
      refused += watch.problems().isEmpty() ? 0 : 1;
      assertThat(watch.problems())
          .as("seed %d, %s", SEED + round, name)
          .allMatch(problem ->
              problem.contains(".yaml")
                  || problem.contains(".jslt")
                  || problem.contains(".properties"))
          .noneMatch(problem -> problem.contains("could not be put in force"));
      write(name, good(name).getBytes(StandardCharsets.UTF_8));
      looks();
      assertThat(watch.problems()).as("seed %d, %s", SEED + round, name).isEmpty();
      assertThat(SettingsDiff.between(before, watch.current()).lines())
          .as("seed %d, %s", SEED + round, name)
          .isEmpty();
    }
    assertThat(refused).as("most of them are bad").isGreaterThan(ROUNDS / 2);
  }

  /** What is no file at all. */
  @Test
  void aDirectoryInPlaceOfAFileIsRefusedByItsName() throws Exception {
    for (String name : GOOD.keySet()) {
      if (name.startsWith("templates/")) {
        continue; // a directory is no template, so that this takes one away
      }
      Path file = temp.resolve(name);
      Files.delete(file);
      Files.createDirectory(file);
      looks();
      assertThat(watch.problems()).as(name).anyMatch(problem -> problem.contains(name));
      Files.delete(file);
      write(name, good(name).getBytes(StandardCharsets.UTF_8));
      looks();
      assertThat(watch.problems()).as(name).isEmpty();
      assertThat(SettingsDiff.between(before, watch.current()).lines()).as(name).isEmpty();
    }
  }

  private static byte[] mutated(String good, Random random) {
    if (random.nextInt(8) == 0) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      return noise;
    }
    StringBuilder text = new StringBuilder(good);
    for (int i = 0; i <= random.nextInt(4); i++) {
      int at = random.nextInt(text.length() + 1);
      int end = Math.min(text.length(), at + random.nextInt(12));
      switch (random.nextInt(6)) {
        case 0 -> text.delete(at, end);
        case 1 -> text.insert(at, NASTY.get(random.nextInt(NASTY.size())));
        case 2 -> text.replace(at, end, NASTY.get(random.nextInt(NASTY.size())));
        case 3 -> text.insert(at, text.substring(Math.min(at, end / 2), end));
        case 4 -> text.insert(at, (char) random.nextInt(0x3000));
        default -> text.setLength(at);
      }
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 0 && random.nextInt(4) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  private static String good(String name) {
    return GOOD.getOrDefault(name, "");
  }

  /** Two see it; two more, if other files are named now. */
  private void looks() throws InterruptedException {
    for (int i = 0; i < 4; i++) {
      watch.look();
    }
  }

  private void write(String name, byte[] bytes) throws IOException {
    Path file = temp.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }
}
