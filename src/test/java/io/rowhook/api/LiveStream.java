package io.rowhook.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What happens to a recipient, as the API tells it: an answer that does not end. Read by an HTTP
 * client of the JDK, since an instance that passes on another's stream divides it into chunks where
 * it likes, within a line too. One thread.
 */
final class LiveStream implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final HttpURLConnection connection;
  private final BufferedReader lines;

  /** Opens it; returns once it has begun. */
  LiveStream(String authority, String token, String recipient) throws IOException {
    URI uri = URI.create("http://" + authority + "/v1/live-events?recipient=" + recipient);
    connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setReadTimeout((int) LIMIT.toMillis());
    connection.setRequestProperty("Authorization", "Bearer " + token);
    assertThat(connection.getResponseCode()).isEqualTo(200);
    lines =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
    until(": what happens");
  }

  /** The next line that has this; "null" where the stream ends before. */
  String until(String part) throws IOException {
    String line = lines.readLine();
    while (line != null && !line.contains(part)) {
      assertThat(line).doesNotContain("\"recipient\":\"down\"");
      line = lines.readLine();
    }
    return String.valueOf(line);
  }

  @Override
  public void close() {
    connection.disconnect();
  }
}
