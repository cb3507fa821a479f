package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.testing.SourceDatabase;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values at the ends of what PostgreSQL takes: sent as they are, or one row is rejected. */
final class ExtremeValuesTest {

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  private static String insert(int id, String json, String numeric) {
    return "INSERT INTO public.article VALUES (%d, %s, %s)".formatted(id, json, numeric);
  }

  @Test
  void areSentAsTheyAreOrRejectedAndNothingStops() {
    try (Stage stage = new Stage(source, directory).empty()) {
      source.execute(
          "CREATE TABLE public.article (id int PRIMARY KEY, j json, n numeric)",
          "ALTER TABLE public.article REPLICA IDENTITY FULL");
      stage.write("connector-config/entities.yaml", "Article: { table: public.article }");
      for (String name : List.of("plain", "xml", "exact", "jslt")) {
        stage.receiver(name, TestReceiver.Settings.DEFAULT);
      }
      stage.recipient("plain", "url: ${env:PLAIN_URL}");
      stage.recipient("xml", "url: ${env:XML_URL}\nformat: xml");
      stage.recipient("exact", "url: ${env:EXACT_URL}");
      stage.recipient("jslt", "url: ${env:JSLT_URL}");
      stage.write(
          "jslt-templates/exact/Article.jslt", "{\"sum\": decimal-add(.data.j.n, .data.n)}");
      stage.write(
          "jslt-templates/jslt/Article.jslt",
          "{\"id\": .entityId, \"n\": .data.j.n + 1, \"s\": string(.data.j), \"big\": .data.n > 5, \"round\": round(.data.n)}");
      stage.start();
      source.execute(
          insert(1, "'{\"n\":1e10000}'", "1e-10000"),
          insert(2, "'{\"n\":1e-10000}'", "repeat('9', 1000)::numeric"),
          insert(
              3,
              "'{\"n\":1e999999999}'",
              "(repeat('9', 131072) || '.' || repeat('9', 16383))::numeric"),
          insert(4, "'{\"n\":-1e-999999999}'", "'NaN'"),
          insert(5, "'{\"n\":1e99999999999}'", "0"),
          insert(6, "(repeat('[', 5000) || repeat(']', 5000))::json", "0"),
          insert(7, "'{\"n\":\"\\ud800\"}'", "0"),
          insert(8, "'{\"n\":\"a\\u0000b\"}'", "0"),
          insert(9, "('[' || repeat('1e-16000,', 100000) || '1]')::json", "0"),
          insert(10, "('[' || repeat('1e40,', 1000) || repeat('9', 200000) || ']')::json", "0"),
          insert(11, "'{\"n\":1.10}'", "0.00000000000000000010"),
          "UPDATE public.article SET n = n WHERE id = 1",
          insert(12, "'{\"n\":\"\\ud83d\\ude00\"}'", "'Infinity'"));
      List<ReceivedRequest> plain = stage.await("plain", 7);
      stage.await("xml", 7);
      stage.awaitIdle();

      assertThat(plain)
          .extracting(r -> r.header("Rowhook-Entity-Id"))
          .containsExactlyInAnyOrder("1", "2", "3", "4", "8", "11", "12");
      assertThat(number(plain, 1, "/j/n")).isEqualTo("1E+10000");
      assertThat(number(plain, 1, "/n")).isEqualTo("0." + "0".repeat(9_999) + "1");
      assertThat(number(plain, 2, "/j/n")).isEqualTo("0." + "0".repeat(9_999) + "1");
      assertThat(number(plain, 2, "/n")).isEqualTo("9".repeat(1_000));
      assertThat(number(plain, 3, "/j/n")).isEqualTo("1E+999999999");
      assertThat(number(plain, 3, "/n")).isEqualTo("9".repeat(131_072) + "." + "9".repeat(16_383));
      assertThat(number(plain, 4, "/j/n")).isEqualTo("-1E-999999999");
      assertThat(number(plain, 4, "/n")).isEqualTo("\"NaN\"");
      assertThat(number(plain, 8, "/j/n")).isEqualTo("\"a\\u0000b\"");
      assertThat(number(plain, 11, "/j/n")).isEqualTo("1.10");
      assertThat(number(plain, 11, "/n")).isEqualTo("0.00000000000000000010");
      assertThat(text(of(stage.inbox("xml"), 3))).contains("<n>1E+999999999</n>");
      assertThat(text(of(stage.inbox("xml"), 8))).contains("<n>a\uFFFDb</n>");
      assertThat(source.query("SELECT count(*) FROM public.article")).isEqualTo("12");
      assertThat(stage.flow().capture().toString()).contains("Streaming");
    }
  }

  private static ReceivedRequest of(List<ReceivedRequest> inbox, int id) {
    return inbox.stream()
        .filter(r -> String.valueOf(id).equals(r.header("Rowhook-Entity-Id")))
        .findFirst()
        .orElseThrow();
  }

  private static String text(ReceivedRequest request) {
    return new String(request.body(), StandardCharsets.UTF_8);
  }

  /** As it stands in the body. */
  private static String number(List<ReceivedRequest> inbox, int id, String pointer) {
    ReceivedRequest request = of(inbox, id);
    JsonNode value = Stage.json(request).at("/data" + pointer);
    String text = text(request);
    if (value.isBigDecimal() || value.isBigInteger()) {
      BigDecimal exact = value.decimalValue();
      String plain =
          exact.scale() > 20_000 || exact.scale() < -100 ? exact.toString() : exact.toPlainString();
      assertThat(text).contains(plain);
      return plain;
    }
    assertThat(text).contains(value.toString());
    return value.toString();
  }
}
