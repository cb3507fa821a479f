package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.api.ApiClient;
import io.rowhook.story.Stage;
import io.rowhook.testing.Ports;
import io.rowhook.testing.SourceDatabase;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rowhook page}: a person gets from a terminal to the page. */
class PageCommandTest {

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;

  @Test
  void itPrintsWhereThePageOpensForWhomItMayOperate() throws Exception {
    int port = Ports.free();
    try (Stage stage = new Stage(source, directory).tables()) {
      OperatedService service = new OperatedService(stage, source);
      assertThat(service.run("page")).isEqualTo(1);
      assertThat(service.err()).contains("rowhook page: the service is not running");
      stage.write(
          "connector-config/rowhook.yaml",
          "admin: { address: \"127.0.0.1:%d\", tokens: { operate: geheim-geheim-geheim-geheim } }"
              .formatted(port));
      service.shop(0, "");
      String shown = service.shown("page");
      assertThat(shown)
          .contains("may operate the service until it is stopped")
          .contains("at http://127.0.0.1:%d/ as well, with a token of rowhook.yaml".formatted(port))
          .doesNotContain("geheim");
      URI address = URI.create(service.json("page").path("address").asText());
      assertThat(shown).startsWith(address + "\n");
      String token = address.getFragment().substring("token=".length());
      try (HttpClient http = HttpClient.newHttpClient()) {
        ApiClient client = new ApiClient(http, "http://" + address.getAuthority());
        assertThat(client.get("/").text()).contains("<script type=\"module\"");
        assertThat(client.get("/v1/status").status()).isEqualTo(401);
        ApiClient known = client.with("Authorization", "Bearer " + token);
        assertThat(known.post("/v1/recipients/shop/pause", "").status()).isEqualTo(200);
        ApiClient configured =
            new ApiClient(http, service.json("page").path("configured").asText());
        assertThat(configured.get("").text()).contains("<script type=\"module\"");
      }
    }
  }
}
