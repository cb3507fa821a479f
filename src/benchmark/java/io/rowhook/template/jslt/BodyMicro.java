package io.rowhook.template.jslt;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.template.TemplateException;
import io.rowhook.template.output.BuiltInTemplate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What it takes to make a body of an event: as it is, and by a template of realistic size. */
@State(Scope.Benchmark)
public class BodyMicro {

  private static final String EVENT =
      """
      {"id":"evt_0c6f5d2b9b1e4d0e8a54a3d94c8d6d1f","type":"article.updated",
       "timestamp":"2026-05-24T15:20:44.123456Z","entityType":"Article","entityId":7,"event":"Updated",
       "data":{"id":7,"sku":"CH-7","name":"Office chair 7",
        "description":"Height-adjustable, with armrests and castors for hard floors; delivered flat",
        "price":196.00,"stock":5,"active":true,"changed_at":"2026-05-24T15:20:44.123456Z",
        "mark":"#7/1/1779636044123456#"},
       "previous":{"price":199.00},"changed":["price"],
       "source":{"lsn":"0/16B3748","txId":571,"table":"public.article"}}
      """;

  private final Event event =
      new Event(
          "evt_0c6f5d2b9b1e4d0e8a54a3d94c8d6d1f",
          "Article",
          "7",
          EventType.Updated,
          Instant.parse("2026-05-24T15:20:44.123456Z"),
          Position.parse("0/16B3748"),
          EVENT.getBytes(StandardCharsets.UTF_8));
  private final JsonNode tree;
  private final JsltTemplate template;

  public BodyMicro() {
    try {
      tree = Json.MAPPER.readTree(event.json());
      template =
          JsltTemplate.compile(
              "shop/article.jslt",
              Map.of(
                  "shop/article.jslt", example("article.jslt"),
                  "lib/shop.jslt", example("shop.jslt")));
    } catch (TemplateException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Benchmark
  public byte[] full() throws TemplateException {
    return BuiltInTemplate.full.render(event);
  }

  @Benchmark
  public byte[] fortyKeys() throws TemplateException {
    return template.render(event);
  }

  /** JSLT alone: nothing is parsed, nothing written, no thread changed. */
  @Benchmark
  public JsonNode fortyKeysJslt() throws TemplateException {
    return template.apply(event, tree);
  }

  private static String example(String name) {
    try {
      return Files.readString(Path.of("src/benchmark/templates", name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
