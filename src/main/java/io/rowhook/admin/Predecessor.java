package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.api.EndpointFile;
import io.rowhook.base.FileErrors;
import io.rowhook.base.Json;
import io.rowhook.capture.Epoch;
import io.rowhook.settings.AdminSettings;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The Rowhook that runs on a journal now, as the one sees it that is to go on in its place. Found
 * by the {@link EndpointFile} beside the journal. One thread.
 */
public final class Predecessor implements AutoCloseable {

  /** How long it may take to answer. */
  private static final Duration ANSWERS = Duration.ofSeconds(5);

  private final EndpointFile service;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWERS).build();

  private Predecessor(EndpointFile service) {
    this.service = service;
  }

  /**
   * Finds it.
   *
   * @throws IllegalStateException if it does not say where it can be asked, in words
   */
  public static Predecessor of(Path journal) {
    Path place = EndpointFile.beside(journal);
    try {
      return new Predecessor(EndpointFile.read(place));
    } catch (NoSuchFileException e) {
      throw new IllegalStateException(
          "a Rowhook runs on journal %s, but cannot be asked yet, or is ending: there is no %s. It goes on as it was; try again in a moment"
              .formatted(journal, place),
          e);
    } catch (IOException e) {
      throw new IllegalStateException(place + " cannot be read: " + FileErrors.reason(e), e);
    }
  }

  /** Its number on the machine, or in the container, that it runs in. */
  public long process() {
    return service.process();
  }

  /**
   * Refuses an address that something else has; its own can be had once it has ended.
   *
   * @throws IllegalStateException in words for the user
   */
  public void check(AdminSettings settings) {
    if (!service.configured().equals(Optional.of(settings.place()))) {
      AdminServer.check(settings);
    }
  }

  /**
   * What it says of the source.
   *
   * @param suspended the captured tables whose row changes it cannot tell at present
   * @param epoch that its journal is in; empty: in none yet
   */
  public record Source(Set<String> suspended, Optional<Epoch> epoch) {}

  /**
   * Asks it of the source.
   *
   * @throws IllegalStateException if it does not say, in words
   */
  public Source source() throws InterruptedException {
    JsonNode json = json(ask("GET", "/v1/source"));
    Set<String> tables = new HashSet<>();
    json.path("suspended").forEach(one -> tables.add(one.path("table").asText()));
    JsonNode epoch = json.path("epoch");
    return new Source(
        tables,
        epoch.isObject()
            ? Optional.of(
                new Epoch(
                    epoch.path("id").asText(),
                    epoch.path("history").asText(),
                    Instant.parse(epoch.path("startedAt").asText())))
            : Optional.empty());
  }

  /**
   * Has it let go of journal and slot, and end. Where this throws, it goes on as it was.
   *
   * @throws IllegalStateException if it does not, in words
   */
  public void handOver() throws InterruptedException {
    json(ask("POST", "/v1/hand-over"));
  }

  private JsonNode json(HttpResponse<byte[]> answer) {
    try {
      JsonNode json = Json.MAPPER.readTree(answer.body());
      if (answer.statusCode() < 300) {
        return json;
      }
      if (answer.statusCode() == 404) {
        throw refused("is of a version that cannot hand over", null);
      }
      throw refused(json.path("detail").asText("answered " + answer.statusCode()), null);
    } catch (IOException e) {
      throw refused("gave an answer that is none", e);
    }
  }

  private HttpResponse<byte[]> ask(String method, String path) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + service.authority() + path))
            .header("Authorization", "Bearer " + service.token().reveal())
            .timeout(ANSWERS)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    try {
      return http.send(request, BodyHandlers.ofByteArray());
    } catch (HttpTimeoutException e) {
      throw refused("does not answer within " + ANSWERS.toSeconds() + " seconds", e);
    } catch (ConnectException e) {
      throw refused("cannot be reached at " + service.authority(), e);
    } catch (IOException e) {
      throw refused("broke off: " + e.getMessage(), e);
    }
  }

  private IllegalStateException refused(String why, @Nullable Throwable e) {
    return new IllegalStateException(
        "the Rowhook that runs, process %d, %s. It keeps journal and slot; look at it with rowhook status, or stop it, and start this one without --take-over"
            .formatted(service.process(), why),
        e);
  }

  @Override
  public void close() {
    http.close();
  }
}
