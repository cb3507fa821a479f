package io.rowhook.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.template.jslt.JsltTemplate;
import io.rowhook.template.output.BuiltInTemplate;
import io.rowhook.testing.MemoryJournal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class TemplateRegistryTest {

  @TempDir Path directory;

  @Test
  @Tag("feature-8")
  void notifyHasExactlyThreeKeys() throws Exception {
    assertThat(text(BuiltInTemplate.notify.render(event("{'entityId':7,'data':{'id':7}}"))))
        .isEqualTo(quoted("{'EntityType':'Article','EntityId':7,'EntityEvent':'Updated'}"));
  }

  @Test
  void fullIsTheEventItself() throws Exception {
    Event event = event("{'data':{}}");
    assertThat(BuiltInTemplate.full.render(event)).isSameAs(event.json());
  }

  @Test
  @Tag("feature-11")
  void clearedFieldsArriveAsNullAndEmptyOnesAsEmpty() throws Exception {
    assertThat(
            render(
                "{'phone': .data.phone, 'none': .data.nope, 'tags': .data.tags, 'o': {}, 'a': []}",
                "{'data':{'phone':null,'tags':[]}}"))
        .isEqualTo(quoted("{'phone':null,'none':null,'tags':[],'o':{},'a':[]}"));
  }

  @Test
  void numbersKeepEveryDigit() throws Exception {
    assertThat(
            render(
                "{'n': .data.n, 'i': .data.i, *: .}",
                "{'data':{'n':123456789012345678901234567890.1234567890,'i':9223372036854775807}}"))
        .startsWith(
            quoted("{'n':123456789012345678901234567890.1234567890,'i':9223372036854775807"));
  }

  @Test
  void theSameEventRendersToTheSameBytesAtAnyTime() throws Exception {
    Template set = compile("[now(), random(), uuid(), uuid(1, 2)]");
    Event event = event("{}");
    String first = text(set.render(event));
    assertThat(text(compile("[now(), random(), uuid(), uuid(1, 2)]").render(event)))
        .isEqualTo(first);
    assertThat(first).startsWith("[1.779636044123E9,");
    Event other =
        new Event(
            "evt_2", "A", "1", EventType.Created, Instant.EPOCH, Position.START, event.json());
    assertThat(text(set.render(other))).isNotEqualTo(first);
  }

  /** A release link, a mounted volume's {@code ..data}, and a link that leads nowhere. */
  @Test
  @Tag("feature-14")
  void linksAreFollowed() throws Exception {
    Path release = directory.resolve("releases/7");
    Files.createDirectories(release.resolve("..2026/shop"));
    Files.writeString(release.resolve("..2026/Order.jslt"), "{}");
    Files.writeString(release.resolve("..2026/shop/Order.jslt"), "{}");
    Files.createSymbolicLink(release.resolve("..data"), Path.of("..2026"));
    Files.createSymbolicLink(release.resolve("Order.jslt"), Path.of("..data/Order.jslt"));
    Files.createSymbolicLink(release.resolve("shop"), Path.of("..data/shop"));
    Files.createSymbolicLink(release.resolve("again"), Path.of("."));
    Path current = Files.createSymbolicLink(directory.resolve("current"), release);
    assertThat(TemplateRegistry.load(current).sets())
        .containsOnlyKeys("Order.jslt", "shop/Order.jslt");
    Files.createSymbolicLink(release.resolve("Article.jslt"), Path.of("nowhere"));
    assertThat(TemplateRegistry.read(current).problems())
        .containsOnly(
            Map.entry(
                "Article.jslt",
                "Article.jslt: a link that leads nowhere. Mend it, or take it away"));
    Path broken = Files.createSymbolicLink(directory.resolve("broken"), Path.of("nowhere"));
    assertThat(TemplateRegistry.read(broken).problems())
        .containsOnly(Map.entry("", broken + " cannot be read: it is a link that leads nowhere"));
  }

  @Test
  @Tag("feature-14")
  void setsShareModulesAndAnotherModuleIsAnotherHash() throws Exception {
    Map<String, String> files = new TreeMap<>();
    files.put("lib/money.jslt", "def euro(n) string($n) + ' EUR'");
    files.put("a.jslt", "import 'lib/money.jslt' as money {'price': money:euro(.data.price)}");
    JsltTemplate before = JsltTemplate.compile("a.jslt", quoted(files));
    assertThat(text(before.render(event("{'data':{'price':1.50}}"))))
        .isEqualTo(quoted("{'price':'1.50 EUR'}"));
    files.put("lib/money.jslt", "def euro(n) '€ ' + string($n)");
    JsltTemplate after = JsltTemplate.compile("a.jslt", quoted(files));
    assertThat(after.hash()).isNotEqualTo(before.hash());
    assertThat(JsltTemplate.unbundle(before.bundle()).hash()).isEqualTo(before.hash());
  }

  @Test
  @Tag("feature-12")
  void aBrokenFileIsNamedWithLineAndColumnAndAllOfThemAtOnce() throws Exception {
    write("shop/order.jslt", "{\n  \"id\": .data.id,\n  \"broken\" .x\n}");
    write("b.jslt", "import \"../secret.jslt\" as s {}");
    write("c.jslt", "{\"a\": nope(1)}");
    write("ok.jslt", "{}");
    TemplateErrorsException thrown =
        catchThrowableOfType(TemplateErrorsException.class, () -> TemplateRegistry.load(directory));
    assertThat(thrown.problems())
        .containsExactlyInAnyOrder(
            "b.jslt: there is no file ../secret.jslt in jslt-templates/; imports are relative to"
                + " that directory",
            "c.jslt:1:7: No such function: 'nope'",
            "shop/order.jslt:3:12: Parse error: Encountered \" \".\" \". \"\".");
  }

  @Test
  void withoutADirectoryThereAreTheBuiltInOnes() throws Exception {
    assertThat(find(TemplateRegistry.load(directory.resolve("nope")), "shop", "Article", null))
        .isEqualTo("full");
  }

  @Test
  @Tag("feature-13")
  void anErrorWhileRenderingNamesThePlaceAndNoValue() {
    assertThatThrownBy(() -> render("{'n': \n .data.name * 2 - 1}", "{'data':{'name':'Meier'}}"))
        .isInstanceOf(TemplateException.class)
        .hasMessage("t.jslt:2:2: number ... (values are not shown)");
    assertThatThrownBy(() -> render("sum(.data.name)", "{'data':{'name':'Meier'}}"))
        .hasMessage("t.jslt:1:1: sum(): argument must be array, was ... (values are not shown)");
    assertThatThrownBy(() -> render("def f(x) f($x) f(1)", "{}"))
        .hasMessage("t.jslt: it calls itself without an end, or nests too deep");
    assertThatThrownBy(() -> render(".data.nope", "{'data':{}}"))
        .hasMessage("t.jslt: the result is null, so there would be no body");
  }

  @Test
  @Tag("feature-13")
  void aResultWithoutAnEndIsCutOff() {
    assertThatThrownBy(() ->
            render(
                "def twice(x, n) if ($n > 0) twice([$x, $x], $n - 1) else $x"
                    + " twice('0123456789', 24)",
                "{}"))
        .hasMessage("t.jslt: the result is larger than 16777220 bytes");
    assertThatThrownBy(
            () -> render("def deep(n) if ($n > 0) [deep($n - 1)] else 1 deep(2200)", "{}"))
        .hasMessage("t.jslt: it calls itself without an end, or nests too deep");
  }

  @Test
  void aValueAsDeepAsTheSourceMayHaveItPasses() throws Exception {
    String deep = "[".repeat(1_990) + "]".repeat(1_990);
    assertThat(render("{'deep': .data.x}", "{'data':{'x':" + deep + "}}"))
        .isEqualTo(quoted("{'deep':" + deep + "}"));
  }

  @Test
  void editedSetsTakeEffectWholeAndNoneIsMixedOfTwo() throws Exception {
    int edits = 60;
    try (MemoryJournal journal = new MemoryJournal()) {
      writeVersion(0);
      TemplateRegistry templates = new TemplateRegistry(journal, TemplateRegistry.load(directory));
      AtomicBoolean editing = new AtomicBoolean(true);
      Map<String, String> sent = new ConcurrentHashMap<>();
      List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    while (editing.get()) {
                      Template set = templates.current("shop", "Article", Optional.empty());
                      String body = text(set.render(event("{}")));
                      assertThat(body).matches("\\{\"main\":(\\d+),\"module\":\\1}");
                      sent.put(set.hash(), body);
                    }
                  } catch (Throwable e) {
                    failures.add(e);
                  }
                }));
      }
      for (int version = 1; version <= edits; version++) {
        writeVersion(version);
        templates.replace(TemplateRegistry.load(directory));
      }
      editing.set(false);
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(failures).isEmpty();
      assertThat(sent).hasSizeGreaterThan(edits / 4);
      for (Map.Entry<String, String> one : sent.entrySet()) {
        // A retry of any of them sends the same, though the files are others by now.
        Template then = templates.byHash(one.getKey()).orElseThrow();
        assertThat(text(then.render(event("{}")))).isEqualTo(one.getValue());
      }
    }
  }

  private void writeVersion(int version) throws Exception {
    write("lib/module.jslt", "def version() " + version);
    write(
        "Article.jslt",
        "import \"lib/module.jslt\" as module {\"main\": "
            + version
            + ", \"module\": module:version()}");
  }

  @Test
  @Tag("feature-9")
  void theRecipientsOwnComesFirstThenTheOneForAllThenTheBuiltIn() throws Exception {
    write("shop/Article.jslt", "{}");
    write("Article.jslt", "{}");
    write("Order.jslt", "{}");
    write("full.jslt", "{}");
    TemplateRegistry.Loaded loaded = TemplateRegistry.load(directory);
    assertThat(find(loaded, "shop", "Article", null)).isEqualTo("shop/Article.jslt");
    assertThat(find(loaded, "other", "Article", null)).isEqualTo("Article.jslt");
    assertThat(find(loaded, "shop", "Order", null)).isEqualTo("Order.jslt");
    assertThat(find(loaded, "shop", "Customer", null)).isEqualTo("full");
    assertThat(find(loaded, "shop", "Customer", "notify")).isEqualTo("notify");
    assertThat(find(loaded, "shop", "Customer", "full")).isEqualTo("full.jslt");
    assertThatThrownBy(() -> find(loaded, "shop", "Order", "nope"))
        .hasMessage(
            "there is no attribute set nope: neither jslt-templates/shop/nope.jslt nor"
                + " jslt-templates/nope.jslt, and the built-in ones are full and notify");
  }

  private static String find(
      TemplateRegistry.Loaded loaded,
      String recipient,
      String entity,
      @org.jspecify.annotations.Nullable String name)
      throws TemplateException {
    return TemplateRegistry.find(loaded, recipient, entity, Optional.ofNullable(name)).name();
  }

  private void write(String name, String text) throws Exception {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  public static String render(String template, String json) throws Exception {
    return text(compile(template).render(event(json)));
  }

  public static JsltTemplate compile(String template) throws Exception {
    return JsltTemplate.compile("t.jslt", Map.of("t.jslt", quoted(template)));
  }

  public static Event event(String json) {
    return new Event(
        "evt_1",
        "Article",
        "7",
        EventType.Updated,
        Instant.parse("2026-05-24T15:20:44.123456Z"),
        Position.START,
        quoted(json).getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, String> quoted(Map<String, String> files) {
    Map<String, String> quoted = new TreeMap<>();
    files.forEach((name, text) -> quoted.put(name, quoted(text)));
    return quoted;
  }

  public static String quoted(String text) {
    return text.replace('\'', '"');
  }

  public static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
