package io.rowhook.admin.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.api.EndpointFile;
import io.rowhook.base.FileErrors;
import io.rowhook.base.Json;
import io.rowhook.capture.Checkpoints;
import io.rowhook.journal.Disks;
import io.rowhook.journal.JournalInspection;
import io.rowhook.settings.Settings;
import io.rowhook.settings.SettingsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The running service that a command speaks to, found by its journal; and how the answer is shown.
 */
public final class ServiceClient {

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  @Option(
      names = "--config",
      paramLabel = "DIR",
      defaultValue = "${env:ROWHOOK_CONFIG:-connector-config}",
      description =
          "The settings of the service, which say where its journal is (default:"
              + " $ROWHOOK_CONFIG, else connector-config).")
  private Path config = Path.of("connector-config");

  @Option(
      names = "--journal",
      paramLabel = "FILE",
      description = "The journal of the service, if it was started with this option.")
  private @Nullable Path journal;

  @Option(names = "--json", description = "Print one JSON object, for programs.")
  private boolean json;

  /** Whether the answer is for programs. */
  public boolean json() {
    return json;
  }

  /** Shows an answer to a person. */
  public interface Form {
    void print(JsonNode answer, PrintWriter out);
  }

  public static ObjectNode request() {
    return Json.MAPPER.createObjectNode();
  }

  /** Prints an answer as was asked. */
  public void show(JsonNode answer, PrintWriter out, Form form) {
    if (json) {
      out.println(answer);
    } else {
      form.print(answer, out);
    }
    out.flush();
  }

  /** What there is at an address. As {@link #post} otherwise. */
  public JsonNode get(Address address) throws InterruptedException {
    return call("GET", address, null);
  }

  /** Puts something there. As {@link #post} otherwise. */
  public JsonNode put(Address address, ObjectNode body) throws InterruptedException {
    return call("PUT", address, body);
  }

  /** Takes away what is there. As {@link #post} otherwise. */
  public JsonNode delete(Address address) throws InterruptedException {
    return call("DELETE", address, null);
  }

  /**
   * Has the service do something.
   *
   * @param body members that are null are left out
   * @throws IllegalStateException if it did not, in words
   */
  public JsonNode post(Address address, ObjectNode body) throws InterruptedException {
    return call("POST", address, body);
  }

  private JsonNode call(String method, Address address, @Nullable ObjectNode body)
      throws InterruptedException {
    Path file = journal();
    Path place = EndpointFile.beside(file);
    EndpointFile service = service(place, file);
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT_LIMIT).build()) {
      HttpResponse<byte[]> response =
          client.send(
              HttpRequest.newBuilder(URI.create("http://" + service.authority() + address.text()))
                  .header("Authorization", "Bearer " + service.token().reveal())
                  .header("Content-Type", "application/json")
                  .method(method, publisher(body))
                  .build(),
              BodyHandlers.ofByteArray());
      if (response.statusCode() == 401 || response.statusCode() == 421) {
        throw stale(place, file, service, null);
      }
      JsonNode answer = Json.MAPPER.readTree(response.body());
      if (response.statusCode() >= 200 && response.statusCode() < 300) {
        return answer;
      }
      throw new IllegalStateException(
          words(answer.path("detail").asText("it answered " + response.statusCode()), answer));
    } catch (ConnectException e) {
      throw stale(place, file, service, e);
    } catch (IOException e) {
      throw new IllegalStateException(
          "the service at "
              + service.authority()
              + " broke off: "
              + e.getMessage()
              + ". Whether it did what was asked, rowhook status shows",
          e);
    }
  }

  /** With each value that is wrong, where the sentence does not name it already. */
  private static String words(String detail, JsonNode answer) {
    StringBuilder words = new StringBuilder(detail);
    for (JsonNode error : answer.path("errors")) {
      String one = error.path("detail").asText();
      if (!detail.contains(one)) {
        words.append("\n  ").append(one);
      }
    }
    return words.toString();
  }

  private static BodyPublisher publisher(@Nullable ObjectNode body) {
    if (body == null) {
      return BodyPublishers.noBody();
    }
    ObjectNode given = body.deepCopy();
    given.properties().removeIf(member -> member.getValue().isNull());
    return BodyPublishers.ofString(Json.text(given));
  }

  private static EndpointFile service(Path place, Path journal) {
    try {
      return EndpointFile.read(place);
    } catch (NoSuchFileException e) {
      throw new IllegalStateException(
          "the service is not running, or not with this journal: there is no "
              + place
              + lastStop(journal)
                  .orElse(". Start it with rowhook run, or name its --config or --journal"),
          e);
    } catch (IOException e) {
      throw new IllegalStateException(place + " cannot be read: " + FileErrors.reason(e), e);
    }
  }

  /** Why it has ended, if that still keeps it from going on. */
  private static Optional<String> lastStop(Path journal) {
    return JournalInspection.of(journal, Disks.SYSTEM)
        .durable()
        .flatMap(Checkpoints::stopped)
        .map(gap ->
            ". It has stopped at %s: %s"
                .formatted(gap.at().truncatedTo(ChronoUnit.SECONDS), gap.what()));
  }

  private static IllegalStateException stale(
      Path place, Path journal, EndpointFile service, @Nullable IOException cause) {
    return new IllegalStateException(
        "the service is not running: "
            + place
            + " is left over from process "
            + service.process()
            + ", which ended without removing it"
            + lastStop(journal).orElse(". Start it with rowhook run"),
        cause);
  }

  /** Where whoever may read the file beside the journal opens the page; operates the service. */
  public String page() {
    return service(EndpointFile.beside(journal()), journal()).page();
  }

  /** The directory of the settings. */
  public Path config() {
    return config;
  }

  private Path journal() {
    Path named = journal;
    if (named != null) {
      return named;
    }
    try {
      return Settings.journal(config, System.getenv());
    } catch (SettingsException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }
}
