package io.rowhook.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.api.EndpointFile;
import io.rowhook.admin.health.HealthReport;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image's health check: a script that asks the running service. */
class ProbeTest {

  @TempDir Path directory;

  @Test
  void saysWhatTheServiceSays() throws Exception {
    assertThat(probe("live")).isEqualTo("1 " + journal() + ".admin is not there: not started yet?");
    try (ApiRig rig = new ApiRig(directory, Optional.empty())) {
      assertThat(probe("live")).isEqualTo("0 200 ok");
      assertThat(probe("ready")).isEqualTo("0 200 ok");
      rig.health = new HealthReport(List.of(), List.of(), false, Instant.now());
      assertThat(probe("live")).isEqualTo("0 200 ok");
      assertThat(probe("ready")).startsWith("1 503 {").contains("/health says why");
      rig.health = new HealthReport(List.of(), List.of("it hangs"), true, Instant.now());
      assertThat(probe("live")).startsWith("1 503 {");
      assertThat(probe("nothing")).startsWith("1 401 {");
    }
  }

  @Test
  void nobodyThereAndNoAnswerAreNo() throws Exception {
    int port;
    try (ServerSocket hangs = new ServerSocket(0, 50, InetAddress.ofLiteral(EndpointFile.HOST))) {
      port = hangs.getLocalPort();
      EndpointFile.of(port, Optional.empty()).write(EndpointFile.beside(journal()));
      assertThat(probe("live")).isEqualTo("1 no answer from port " + port);
    }
    assertThat(probe("live"))
        .startsWith("1 ")
        .endsWith("nobody listens at port " + port + " any more");
  }

  private Path journal() {
    return directory.resolve("journal.db");
  }

  /** Its exit status, and what it prints. */
  private String probe(String path) throws Exception {
    Process process =
        new ProcessBuilder("src/main/docker/probe", path, journal().toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() + " " + output;
  }
}
