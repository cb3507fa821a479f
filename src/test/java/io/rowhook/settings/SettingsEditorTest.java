package io.rowhook.settings;

import static io.rowhook.settings.EditorRig.SHOP;
import static io.rowhook.settings.EditorRig.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import io.rowhook.recipient.Recipient;
import io.rowhook.settings.EditRefusedException.Reason;
import io.rowhook.settings.SettingsEditor.Content;
import io.rowhook.settings.SettingsEditor.Kind;
import io.rowhook.settings.SettingsEditor.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Recipients and templates are edited while Rowhook runs: whole, in force, or not at all. */
@Timeout(30)
class SettingsEditorTest {

  @TempDir Path temp;

  private EditorRig rig;
  private SettingsDirectory directory;
  private SettingsEditor editor;

  @BeforeEach
  void edit() throws SettingsException {
    rig = new EditorRig(temp);
    directory = rig.directory;
    editor = rig.editor;
  }

  @AfterEach
  void close() throws InterruptedException {
    rig.close();
  }

  private Recipient shop() {
    return rig.reloader.current().recipients().stream()
        .filter(one -> one.name().equals("shop"))
        .findFirst()
        .orElseThrow();
  }

  private String file() throws IOException {
    return Files.readString(directory.config().resolve("recipients/shop.yaml"));
  }

  @Test
  @Tag("feature-26")
  void aRecipientIsCreatedChangedAndDeleted() throws Exception {
    Outcome created =
        editor.create(
            Kind.recipient,
            "stock",
            SettingsEditor.yaml(
                Json.MAPPER.createObjectNode().put("url", "https://stock.example.com")),
            "api operate");
    assertThat(created.inForce()).isTrue();
    assertThat(created.changes()).containsExactly("recipient stock added");
    assertThat(rig.reloader.current().recipients()).hasSize(2);

    Content shown = editor.read(Kind.recipient, "shop");
    assertThat(shown.text()).contains("# the shop", "secret: \"***\"").doesNotContain("whsec_");
    String edited = Objects.requireNonNull(shown.text()).replace("hook", "other") + "timeout: 7s\n";
    Outcome changed = editor.replace(Kind.recipient, "shop", edited, shown.etag(), "api operate");
    assertThat(changed.inForce()).isTrue();
    assertThat(changed.changes()).containsExactly("recipient shop: url, timeout changed");
    assertThat(file())
        .isEqualTo(SHOP.replace("hook", "other") + "timeout: 7s\n")
        .contains(SettingsDirectory.SECRET);
    assertThat(shop().timeout()).isEqualTo(Duration.ofSeconds(7));

    JsonNode patch = Json.MAPPER.readTree("{\"timeout\":null,\"jobs\":2}");
    Outcome patched = editor.patch("shop", patch, changed.etag(), "api operate");
    assertThat(patched.changes()).containsExactly("recipient shop: jobs, timeout changed");
    assertThat(patched.inForce()).isTrue();
    assertThat(shop().authentication().hmac().orElseThrow().secret().reveal())
        .isEqualTo(SettingsDirectory.SECRET);

    Outcome deleted = editor.delete(Kind.recipient, "stock", created.etag(), "api operate");
    assertThat(deleted.inForce()).isTrue();
    assertThat(deleted.etag()).isNull();
    assertThat(editor.all(Kind.recipient)).extracting(Content::name).containsExactly("shop");
    assertThat(rig.audit())
        .containsExactly(
            "api operate recipient.created stock: recipient stock added",
            "api operate recipient.replaced shop: recipient shop: url, timeout changed",
            "api operate recipient.replaced shop: recipient shop: jobs, timeout changed",
            "api operate recipient.deleted stock: recipient stock removed");
    assertThat(rig.byFile).as("told by the editor").isEmpty();
  }

  /** Looks find the other file in force again and again, also just before the editor writes. */
  @Test
  void whatTheEditorWritesIsToldOnceWhateverIsEditedByHand() throws Exception {
    try (ExecutorService hand = Executors.newSingleThreadExecutor()) {
      AtomicBoolean done = new AtomicBoolean();
      Future<?> edits =
          hand.submit(() -> {
            for (int i = 0; !done.get(); i++) {
              Path draft = Files.writeString(temp.resolve("draft"), "{\"no\": " + i + "}");
              Files.move(
                  draft,
                  directory.templates().resolve("Other.jslt"),
                  StandardCopyOption.ATOMIC_MOVE);
              Thread.sleep(5); // the hand's pace: about a look's
            }
            return null;
          });
      try {
        for (int i = 0; i < 8; i++) {
          String url = "https://stock" + i + ".example.com";
          String yaml = SettingsEditor.yaml(Json.MAPPER.createObjectNode().put("url", url));
          Outcome created = editor.create(Kind.recipient, "stock", yaml, "api operate");
          editor.delete(Kind.recipient, "stock", created.etag(), "api operate");
        }
      } finally {
        done.set(true);
      }
      edits.get();
    }
    rig.close();
    assertThat(rig.byFile).isNotEmpty().noneMatch(line -> line.startsWith("recipient "));
  }

  @Test
  @Tag("feature-26")
  void whatWouldBeRefusedIsNeverWritten() throws Exception {
    String etag = editor.read(Kind.recipient, "shop").etag();
    for (String[] bad :
        new String[][] {
          {"url: shop\ntimeuot: 4s\n", "/url 1:6", "/timeuot 2:1"},
          {
            "url: https://a.example\nsubscriptions: [{ entity: Odrer }]\n",
            "/subscriptions/0/entity 2:27"
          },
          {
            "url: https://a.example\nauthentication: { bearer: '***' }\n",
            "/authentication/bearer 0:0"
          },
          {"a: [", " 1:5"},
          {"", " 0:0"}
        }) {
      EditRefusedException e =
          refused(
              Reason.INVALID, () -> editor.replace(Kind.recipient, "shop", bad[0], etag, "api"));
      assertThat(e.problems())
          .extracting(one -> one.pointer() + " " + one.line() + ":" + one.column())
          .containsExactly(Stream.of(bad).skip(1).toArray(String[]::new));
      assertThat(editor.problems(Kind.recipient, "shop", bad[0])).isEqualTo(e.problems());
    }
    assertThat(
            refused(
                    Reason.INVALID,
                    () -> editor.create(Kind.template, "shop/Order.jslt", "{\n  \"a\": }", "api"))
                .problems())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.file()).isEqualTo("shop/Order.jslt");
          assertThat(problem.line()).isEqualTo(2);
          assertThat(problem.column()).isPositive();
        });
    assertThat(file()).isEqualTo(SHOP);
    assertThat(directory.templates().resolve("shop")).doesNotExist();
    assertThat(rig.audit()).isEmpty();
  }

  /** What is wrong elsewhere already keeps nobody from an edit; what the edit breaks there does. */
  @Test
  void anEditIsJudgedByWhatItDoes() throws Exception {
    directory.write("config/recipients/other.yaml", "url: nowhere\n");
    String etag = editor.read(Kind.recipient, "shop").etag();
    String named = SHOP.replace("entity: Order", "entity: Order, attributes: small");
    refused(Reason.INVALID, () -> editor.replace(Kind.recipient, "shop", named, etag, "api"));
    Outcome template =
        editor.create(
            Kind.template,
            "shop/small.jslt",
            "import \"lib/names.jslt\" as n { \"no\": n:name(.data.no) }",
            "api");
    assertThat(template.inForce()).isTrue();
    assertThat(editor.replace(Kind.recipient, "shop", named, etag, "api").inForce()).isTrue();
    assertThat(
            refused(
                    Reason.INVALID,
                    () -> editor.delete(Kind.template, "shop/small.jslt", template.etag(), "api"))
                .problems()
                .toString())
        .contains("recipients/shop.yaml", "must be an attribute set that exists");
    String lib = editor.read(Kind.template, "lib/names.jslt").etag();
    assertThat(
            refused(
                    Reason.INVALID,
                    () -> editor.delete(Kind.template, "lib/names.jslt", lib, "api"))
                .problems()
                .toString())
        .contains("shop/small.jslt");
    assertThat(
            editor
                .replace(Kind.template, "lib/names.jslt", "def name(x) string($x)", lib, "api")
                .inForce())
        .isTrue();
    String order = editor.read(Kind.template, "Order.jslt").etag();
    assertThat(editor.delete(Kind.template, "Order.jslt", order, "api").inForce())
        .as("nobody gets by it")
        .isTrue();
  }

  /** Nobody gets another set than before because one was deleted. */
  @Test
  void aTemplateThatARecipientGetsByIsNotDeleted() throws Exception {
    String etag = editor.read(Kind.template, "Order.jslt").etag();
    assertThat(
            refused(Reason.INVALID, () -> editor.delete(Kind.template, "Order.jslt", etag, "api"))
                .problems()
                .toString())
        .contains("Order.jslt is gone, by which recipient shop gets Order");
    assertThat(directory.templates().resolve("Order.jslt")).exists();
  }

  @Test
  void ofTwoEditsOneWinsAndTheOtherIsTold() throws Exception {
    Content shown = editor.read(Kind.recipient, "shop");
    List<Callable<@Nullable Outcome>> edits = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String edited = shown.text() + "jobs: " + (i + 1) + "\n";
      edits.add(() -> editor.replace(Kind.recipient, "shop", edited, shown.etag(), "api"));
    }
    int won = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<@Nullable Outcome> edit : threads.invokeAll(edits)) {
        try {
          Outcome outcome = edit.get();
          assertThat(outcome).isNotNull();
          assertThat(outcome.inForce()).isTrue();
          assertThat(outcome.etag()).isEqualTo(editor.read(Kind.recipient, "shop").etag());
          won++;
        } catch (ExecutionException e) {
          assertThat(e.getCause())
              .isInstanceOfSatisfying(
                  EditRefusedException.class,
                  refused -> assertThat(refused.reason()).isEqualTo(Reason.STALE));
        }
      }
    }
    assertThat(won).isEqualTo(1);
    assertThat(rig.audit()).hasSize(1);

    directory.shop(SHOP + "jobs: 9\n"); // by hand
    String stale = shown.etag();
    refused(Reason.STALE, () -> editor.delete(Kind.recipient, "shop", stale, "api"));
    refused(Reason.UNCONDITIONAL, () -> editor.replace(Kind.recipient, "shop", SHOP, null, "api"));
    refused(Reason.EXISTS, () -> editor.create(Kind.recipient, "shop", SHOP, "api"));
    refused(Reason.UNKNOWN, () -> editor.delete(Kind.recipient, "nobody", stale, "api"));
  }

  @Test
  void whatTheFilesAreEditedToByHandIsToldAsSuch() throws Exception {
    directory.shop(SHOP + "jobs: 9\n");
    Content shown = editor.read(Kind.recipient, "shop");
    Outcome same =
        editor.replace(
            Kind.recipient, "shop", Objects.requireNonNull(shown.text()), shown.etag(), "api");
    assertThat(same.inForce()).isTrue();
    assertThat(rig.byFile).containsExactly("recipient shop: jobs changed");
  }

  /** It is shown to nobody, and can be mended. */
  @Test
  void aFileThatIsNoYamlCanBeReplaced() throws Exception {
    directory.shop("a: [canary");
    Content shown = editor.read(Kind.recipient, "shop");
    assertThat(shown.text()).isNull();
    assertThat(shown.json()).isNull();
    refused(
        Reason.INVALID,
        () -> editor.patch("shop", Json.MAPPER.createObjectNode(), shown.etag(), "api"));
    assertThat(
            editor
                .replace(Kind.recipient, "shop", SHOP + "jobs: 3\n", shown.etag(), "api")
                .inForce())
        .isTrue();
  }
}
