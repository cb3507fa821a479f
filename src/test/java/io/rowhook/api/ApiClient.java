package io.rowhook.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.rowhook.admin.api.EndpointFile;
import io.rowhook.base.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks the API; keeps its connections. Any thread. */
public final class ApiClient implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final HttpClient client;
  private final String base;
  private final Map<String, String> headers = new LinkedHashMap<>();

  /** At the service's own address for the commands, with its token. */
  public static ApiClient of(Path journal) throws IOException {
    EndpointFile file = EndpointFile.read(EndpointFile.beside(journal));
    return new ApiClient(HttpClient.newHttpClient(), "http://" + file.authority())
        .with("Authorization", "Bearer " + file.token().reveal());
  }

  public ApiClient(HttpClient client, String base) {
    this.client = client;
    this.base = base;
  }

  /** The same with a header. */
  public ApiClient with(String name, String value) {
    ApiClient other = new ApiClient(client, base);
    other.headers.putAll(headers);
    other.headers.put(name, value);
    return other;
  }

  /** An answer. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Reply(
      String method,
      String path,
      int status,
      String contentType,
      byte[] body,
      HttpResponse<byte[]> whole) {

    /** The body as JSON; missing where it is none. */
    public JsonNode json() {
      try {
        return contentType.contains("json")
            ? Json.MAPPER.readTree(body)
            : MissingNode.getInstance();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    public @Nullable String header(String name) {
      return whole.headers().firstValue(name).orElse(null);
    }
  }

  public Reply get(String path) {
    return ask("GET", path, (String) null);
  }

  public Reply post(String path, String json) {
    return ask("POST", path, json);
  }

  /** Asks; the body is JSON, unless a header says otherwise. */
  public Reply ask(String method, String path, @Nullable String body) {
    return ask(method, path, body == null ? null : body.getBytes(StandardCharsets.UTF_8));
  }

  public Reply ask(String method, String path, byte @Nullable [] body) {
    Map<String, String> all = new LinkedHashMap<>();
    if (body != null) {
      all.put("Content-Type", "application/json");
    }
    all.putAll(headers);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(LIMIT)
            .method(
                method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    all.forEach((name, value) -> {
      if (!value.isEmpty()) {
        request.header(name, value);
      }
    });
    try {
      HttpResponse<byte[]> answer = client.send(request.build(), BodyHandlers.ofByteArray());
      return new Reply(
          method,
          path,
          answer.statusCode(),
          answer.headers().firstValue("Content-Type").orElse(""),
          answer.body(),
          answer);
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
