package io.rowhook.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.settings.SettingsDirectory;
import io.rowhook.template.TemplateExecutor;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A preview of edits that nobody has made: judged as they would be, and neither written nor told.
 */
@Tag("feature-12")
class PreviewDraftTest {

  private static final String READ = "read-read-read-read";
  private static final String SECRET = "whsec_Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5";

  @TempDir Path directory;
  private ApiRig rig;
  private ApiClient operator;
  private ApiClient reader;

  @BeforeEach
  void start() throws Exception {
    SettingsDirectory files =
        new SettingsDirectory(directory)
            .write(
                "config/rowhook.yaml",
                "admin: { address: '127.0.0.1:0', tokens: { read: %s, operate: operate-operate-operate } }\n"
                    .formatted(READ))
            .write("templates/shop/Article.jslt", "{ \"was\": .entityId }");
    rig = new ApiRig(directory, files.read().admin());
    Files.writeString(
        directory.resolve("config/recipients/shop.yaml"),
        "url: https://shop.example.com/hook\nauthentication: { hmac: { secret: "
            + SECRET
            + " } }\n"
            + "subscriptions: [{ entity: Article }]\n");
    operator = rig.local();
    reader =
        new ApiClient(HttpClient.newHttpClient(), "http://localhost:" + rig.configuredPort())
            .with("Authorization", "Bearer " + READ);
  }

  @AfterEach
  void stop() {
    operator.close();
    reader.close();
    rig.close();
  }

  private static ObjectNode request() {
    ObjectNode request = Json.MAPPER.createObjectNode();
    request
        .putObject("given")
        .put("entityType", "Article")
        .put("entityId", 9)
        .put("event", "Created");
    return request;
  }

  private static ObjectNode template(String path, String text) {
    ObjectNode request = request();
    request.putObject("templates").put(path, text);
    return request;
  }

  private static ApiClient.Reply preview(ApiClient client, String name, ObjectNode request) {
    ApiClient.Reply reply = client.post("/v1/recipients/" + name + "/preview", Json.text(request));
    ApiDocument document = new ApiDocument();
    document.check(document.operation("POST", reply.path()).orElseThrow(), reply);
    return reply;
  }

  private static JsonNode good(ApiClient client, String name, ObjectNode request) {
    ApiClient.Reply reply = preview(client, name, request);
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return reply.json();
  }

  @Test
  void isByTheEditsAndLeavesEverythingAsItWas() throws Exception {
    Path file = directory.resolve("templates/shop/Article.jslt");
    assertThat(
            good(reader, "shop", template("shop/Article.jslt", "{ \"is\": .entityId }"))
                .path("body")
                .asText())
        .isEqualTo("{\"is\":9}");
    assertThat(Files.readString(file)).isEqualTo("{ \"was\": .entityId }");
    ObjectNode none = request();
    none.put(
            "yaml",
            "url: https://a.example\nsubscriptions: [{ entity: Article, attributes: full }]\n")
        .putObject("templates")
        .putNull("shop/Article.jslt")
        .putNull("shop/never.jslt");
    assertThat(good(reader, "shop", none).path("attributeSet").asText()).isEqualTo("full");
    ObjectNode yaml =
        template("shop/new.jslt", "import \"lib/parts.jslt\" as p { \"new\": p:one() }");
    ((ObjectNode) yaml.path("templates")).put("lib/parts.jslt", "def one() 1");
    yaml.put(
        "yaml",
        operator
            .get("/v1/recipients/shop")
            .json()
            .path("yaml")
            .asText()
            .replace("entity: Article", "entity: Article, attributes: new, topic: article.made"));
    JsonNode edited = good(reader, "shop", yaml);
    assertThat(edited.path("body").asText()).isEqualTo("{\"new\":1}");
    assertThat(edited.path("headers").toString())
        .contains("article.made", "Webhook-Signature")
        .doesNotContain("canary", SECRET);
    ObjectNode other = request().put("yaml", "url: https://stock.example.com/\nformat: xml\n");
    assertThat(good(reader, "stock", other).path("body").asText()).startsWith("<");
    assertThat(preview(reader, "stock", request()).status()).isEqualTo(404);
    assertThat(directory.resolve("templates/shop").toFile().list()).containsExactly("Article.jslt");
    assertThat(directory.resolve("config/recipients").toFile().list()).containsExactly("shop.yaml");
  }

  @Test
  void whatWouldBeRefusedIsRefusedWithItsPlace() {
    JsonNode wrong = preview(reader, "shop", template("shop/Article.jslt", "{\n  \"a\": }")).json();
    assertThat(wrong.path("status").asInt()).isEqualTo(422);
    assertThat(wrong.path("errors").path(0).path("pointer").asText())
        .isEqualTo("#/templates/shop~1Article.jslt");
    assertThat(wrong.path("errors").path(0).path("detail").asText())
        .startsWith("shop/Article.jslt:2:");
    wrong =
        preview(reader, "shop", request().put("yaml", "url: https://a.example\ntimeuot: 5s\n"))
            .json();
    assertThat(wrong.path("errors").path(0).path("pointer").asText())
        .as(wrong.toString())
        .isEqualTo("#/yaml");
    assertThat(wrong.path("errors").path(0).path("detail").asText())
        .contains("shop.yaml:2:1", "Did you mean timeout?");
    for (String path : new String[] {"../Article.jslt", "", "a/../../b.jslt", "Article.txt"}) {
      assertThat(preview(reader, "shop", template(path, ".")).status()).as(path).isEqualTo(422);
    }
    ObjectNode gone = template("shop/Article.jslt", ".");
    ((ObjectNode) gone.path("templates")).putNull("shop/Article.jslt");
    assertThat(preview(reader, "shop", gone).text()).contains("is gone, by which recipient shop");
    ObjectNode named =
        request()
            .put(
                "yaml",
                "url: https://a.example\nsubscriptions: [{ entity: Article, attributes: lost }]\n");
    assertThat(preview(reader, "shop", named).text()).contains("lost");
  }

  /** What is wrong with a reference tells which files and variables there are. */
  @Test
  void whoMayOnlyLookCannotAskWhichFilesThereAre() throws Exception {
    Path there = Files.writeString(directory.resolve("there"), "canary");
    for (String settings :
        List.of(
            "authentication: { bearer: '${file:%s}' }",
            "authentication: { bearer: '${env:%s}' }", "tls: { ca: '%s' }")) {
      for (String name : List.of(there.toString(), directory.resolve("missing").toString())) {
        String yaml = "url: https://a.example\n" + settings.formatted(name) + "\n";
        ApiClient.Reply refused = preview(reader, "shop", request().put("yaml", yaml));
        assertThat(refused.status()).as(refused.text()).isEqualTo(403);
        ApiClient.Reply judged =
            reader.post(
                "/v1/recipients/shop/validate",
                Json.MAPPER.createObjectNode().put("yaml", yaml).toString());
        assertThat(judged.status()).as(judged.text()).isEqualTo(403);
      }
    }
  }

  /** The topic is a header of the preview, so a reference there would show what it stands for. */
  @Test
  void whoMayOnlyLookCannotHaveASecretShown() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "canary-canary");
    ObjectNode refers =
        request()
            .put(
                "yaml",
                "url: https://a.example\nsubscriptions: [{ entity: Article, topic: '${file:%s}' }]\n"
                    .formatted(secret));
    ApiClient.Reply refused = preview(reader, "shop", refers);
    assertThat(refused.status()).as(refused.text()).isEqualTo(403);
    assertThat(refused.text()).contains("/subscriptions/0/topic").doesNotContain("canary");
    assertThat(preview(operator, "shop", refers).text()).contains("canary-canary");
    String twice =
        "url: https://a.example\nsubscriptions:\n  - entity: Article\n    topic: ${file:%s}\n    topic: a\n"
            .formatted(secret);
    assertThat(preview(reader, "shop", request().put("yaml", twice)).text())
        .contains("given twice")
        .doesNotContain("canary");
    String alias =
        "url: https://a.example\nauthentication: { bearer: &s '${file:%s}' }\nsubscriptions: [{ entity: Article, topic: *s }]\n"
            .formatted(secret);
    assertThat(preview(reader, "shop", request().put("yaml", alias)).text())
        .contains("\"status\":403")
        .doesNotContain("canary");
    String odd = "url: https://a.example\ntimeout: ${file:%s}\n".formatted(secret);
    assertThat(preview(reader, "shop", request().put("yaml", odd)).text())
        .contains("/timeout")
        .doesNotContain("canary");
  }

  @Test
  void whatNeverEndsIsNoFaultOfWhatIsInForce() {
    long lost = TemplateExecutor.lost();
    String endless = "def f(n) f($n + 1) + f($n) { \"n\": f(1) }";
    String slow = "def f(n) if ($n > 0) f($n - 1) + f($n - 1) else 1  { \"n\": f(60) }";
    for (String text : new String[] {endless, slow}) {
      JsonNode preview = good(reader, "shop", template("shop/Article.jslt", text));
      assertThat(preview.path("trouble").asText()).contains("shop/Article.jslt");
    }
    assertThat(TemplateExecutor.lost()).isEqualTo((int) lost);
    assertThat(TemplateExecutor.quarantined()).isEmpty();
  }
}
