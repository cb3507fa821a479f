package io.rowhook.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.rowhook.admin.api.Operation;
import io.rowhook.base.Json;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What edits of settings answer is what the document says. */
final class EditContract {

  private final ApiClient client;
  private final ApiDocument document;
  private final Set<String> answered = new ConcurrentSkipListSet<>();

  EditContract(ApiClient client, ApiDocument document) {
    this.client = client;
    this.document = document;
  }

  /**
   * Edits, and returns which operations have answered. Each edit waits until it is in force, so two
   * at once.
   */
  Set<String> answered() throws Exception {
    String stock = "/v1/recipients/stock";
    String template = "/v1/templates/stock%2FArticle.jslt";
    both(
        () ->
            good(
                "POST",
                "/v1/recipients",
                "{\"name\":\"stock\",\"settings\":{\"url\":\"http://127.0.0.1:9/\",\"allow\":"
                    + "{\"http\":true},\"authentication\":{\"bearer\":\"geheim-geheim\"}}}"),
        () ->
            good(
                "POST",
                "/v1/templates",
                "{\"name\":\"stock/Article.jslt\",\"text\":\"{ \\\"id\\\": .entityId }\"}"));
    assertThat(good("GET", "/v1/recipients", "").toString())
        .contains("\"stock\"")
        .doesNotContain("geheim");
    assertThat(good("GET", "/v1/templates", "").path("templates").findValuesAsText("name"))
        .contains("stock/Article.jslt");
    JsonNode before = good("GET", stock, "");
    String yaml = Json.text(before.get("yaml"));
    JsonNode text = good("GET", template, "");
    assertThat(
            good("POST", stock + "/validate", "{\"yaml\":" + yaml + "}").path("good").asBoolean())
        .isTrue();
    assertThat(good("POST", template + "/validate", "{\"text\":\"{\"}").path("problems"))
        .isNotEmpty();
    both(
        () ->
            good(
                before,
                "PUT",
                stock,
                "{\"yaml\":" + yaml.replace("127.0.0.1:9", "127.0.0.1:8") + "}"),
        () -> good(text, "PUT", template, "{\"text\":\".\"}"));
    assertThat(client.ask("DELETE", stock, (String) null).text()).contains("If-Match");
    JsonNode now = good("GET", stock, "");
    ApiClient.Reply patched =
        client
            .with("If-Match", now.path("etag").asText())
            .with("Content-Type", "application/merge-patch+json")
            .ask("PATCH", stock, "{\"timeout\":\"4s\"}");
    document.check(document.operation("PATCH", stock).orElseThrow(), patched);
    answered.add("changeRecipient");
    assertThat(patched.json().path("inForce").asBoolean()).as(patched.text()).isTrue();
    good(patched.json(), "DELETE", stock, ""); // first: it gets what it gets by the template
    good(good("GET", template, ""), "DELETE", template, "");
    assertThat(
            good("GET", "/v1/audit-log?subject=stock", "")
                .path("entries")
                .findValuesAsText("action"))
        .containsExactly(
            "recipient.deleted", "recipient.replaced", "recipient.replaced", "recipient.created");
    assertThat(good("GET", "/v1/audit-log", "").toString())
        .contains("kill-switch.set", "wrong prices", "deliveries.replayed", "recipient.forgotten")
        .doesNotContain("geheim");
    assertThat(
            good("POST", "/v1/recipients/shop/golden-files", "{\"event\":\"1\"}")
                .path("file")
                .asText())
        .matches("expected/shop/Article-\\d+-Created\\.event\\.json");
    assertThat(good("GET", "/v1/event-search?entity=Article&id=2&limit=1", "").path("events"))
        .hasSize(1);
    String next = good("GET", "/v1/event-search?limit=1", "").path("next").textValue();
    assertThat(good("GET", "/v1/event-search?limit=1&cursor=" + next, "").path("events"))
        .hasSize(1);
    assertThat(client.get("/v1/event-search?column%5Bsku%5D=A2").text())
        .contains("no event that is indexed by sku");
    JsonNode mapping = good("GET", "/v1/mapping", "");
    assertThat(good("GET", "/v1/mapping/public.article/sample", "").path("event").path("data"))
        .isNotEmpty();
    good(
        mapping,
        "PUT",
        "/v1/mapping",
        "{\"entities\":[{\"table\":\"public.article\",\"name\":\"Article\"},{\"table\":\"crm.customer\","
            + "\"name\":\"Customer\"},{\"table\":\"sales.sales_order\",\"name\":\"Order\"}]}");
    return answered;
  }

  private JsonNode good(String method, String path, String body) {
    return good(MissingNode.getInstance(), method, path, body);
  }

  private JsonNode good(JsonNode read, String method, String path, String body) {
    ApiClient.Reply reply =
        client
            .with("If-Match", read.path("etag").asText("\"none\""))
            .ask(method, path, body.isEmpty() ? null : body);
    Operation operation = document.operation(method, path).orElseThrow();
    document.check(operation, reply);
    assertThat(reply.status()).as(path + ": " + reply.text()).isIn(200, 201);
    assertThat(reply.json().path("inForce").asBoolean(true)).as(reply.text()).isTrue();
    answered.add(operation.id());
    return reply.json();
  }

  private static void both(Callable<JsonNode> one, Callable<JsonNode> other) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<JsonNode> done : threads.invokeAll(List.of(one, other))) {
        done.get();
      }
    }
  }
}
