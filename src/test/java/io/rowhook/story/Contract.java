package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.rowhook.admin.CatalogCommand;
import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.base.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;

/**
 * What {@code rowhook catalog} says of a stage's recipients, to hold what they really got against.
 */
public final class Contract {

  private final Path files;
  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  /** Makes it; golden examples may be given. */
  public Contract(Stage stage, Optional<Path> examples) {
    files = stage.directory().resolve("catalog");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--config",
                stage.directory().resolve("connector-config").toString(),
                "--templates",
                stage.directory().resolve("jslt-templates").toString(),
                "--out",
                files.toString()));
    examples.ifPresent(path -> arguments.addAll(List.of("--examples", path.toString())));
    assertThat(run(stage, arguments.toArray(String[]::new)).strip().lines()).isNotEmpty();
  }

  /** What the command prints when it succeeds. */
  public static String run(Stage stage, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        new CommandLine(new CatalogCommand(stage.env()))
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments);
    assertThat(status).as("%s: %s", Arrays.asList(arguments), err).isZero();
    return out.toString();
  }

  /** One of the files. */
  public String text(String file) {
    try {
      return Files.readString(files.resolve(file));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One of the files. */
  public JsonNode json(String file) throws IOException {
    return Json.MAPPER.readTree(text(file));
  }

  /** Each JSON body that a recipient got is as its schema says; and so is each example. */
  public void holds(String recipient, List<ReceivedRequest> inbox) throws IOException {
    JsonNode document = json(recipient + ".schema.json");
    Schema schema = registry.getSchema(document.toString(), InputFormat.JSON);
    for (ReceivedRequest request : inbox) {
      if (String.valueOf(request.header("Content-Type")).contains("json")) {
        String body = new String(request.body(), StandardCharsets.UTF_8);
        assertThat(errors(schema, body)).as("%s: %s", recipient, body).isEmpty();
      }
      assertHeaders(recipient, request);
    }
    JsonNode webhooks = json(recipient + ".openapi.json").path("webhooks");
    for (JsonNode webhook : webhooks) {
      for (JsonNode operation : webhook) {
        JsonNode content = operation.path("requestBody").path("content").path("application/json");
        for (JsonNode example : content.path("examples")) {
          String body = example.path("value").toString();
          assertThat(errors(schema, body)).as("%s, example: %s", recipient, body).isEmpty();
        }
      }
    }
  }

  /** Whether a body is as one of its schemas says. */
  public List<Error> errors(String recipient, String body) throws IOException {
    return errors(
        registry.getSchema(json(recipient + ".schema.json").toString(), InputFormat.JSON), body);
  }

  private static List<Error> errors(Schema schema, String body) {
    return schema.validate(body, InputFormat.JSON);
  }

  /** Each header that it says is there. */
  private void assertHeaders(String recipient, ReceivedRequest request) throws IOException {
    Set<String> said = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (JsonNode webhook : json(recipient + ".openapi.json").path("webhooks")) {
      for (JsonNode operation : webhook) {
        operation.path("parameters").forEach(one -> said.add(one.path("name").asText()));
      }
    }
    assertThat(said).isNotEmpty();
    for (String name : said) {
      assertThat(request.header(name)).as("%s: %s", recipient, name).isNotNull();
    }
  }
}
