package io.rowhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rowhook.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The files that make a service of it: systemd's unit, and the example for Kubernetes. */
class InstallTest {

  private static final Path UNIT = Path.of("src/main/service/rowhook.service");
  private static final Path KUBERNETES = Path.of("src/main/service/rowhook.yaml");

  @TempDir Path temp;

  @Test
  @Tag("feature-76")
  void theUnitIsOneThatSystemdTakes() throws Exception {
    Path launcher = temp.resolve("rowhook/bin/rowhook");
    Files.createDirectories(launcher.getParent());
    Files.writeString(launcher, "#!/bin/sh\n");
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    String unit = Files.readString(UNIT);
    Path installed = temp.resolve("rowhook.service");
    Files.writeString(installed, unit.replace("/opt/rowhook/", temp + "/rowhook/"));
    if (Files.isExecutable(Path.of("/usr/bin/systemd-analyze"))) {
      assertThat(output("systemd-analyze", "verify", "--man=no", installed.toString()))
          .isEqualTo("0 ");
    }
    assertThat(unit.lines())
        .allMatch(line -> line.isEmpty() || line.matches("#.*|\\[\\w+]|[A-Z]\\w+=.*"));
    assertThat(unit)
        .contains("ExecStart=/opt/rowhook/bin/rowhook run --journal /var/lib/rowhook/journal.db\n");
    assertThat(Files.readString(Path.of("src/main/launcher/distribution.xml")))
        .contains("<directory>src/main/service</directory>");
  }

  @Test
  @Tag("feature-76")
  void whatThePodMountsIsReadWithoutAProblem() throws Exception {
    Map<String, JsonNode> objects = objects();
    assertThat(objects)
        .containsOnlyKeys(
            "Secret rowhook",
            "ConfigMap rowhook-settings",
            "ConfigMap rowhook-templates",
            "Service rowhook",
            "StatefulSet rowhook");
    JsonNode set = object(objects, "StatefulSet rowhook").path("spec");
    JsonNode pod = set.path("template").path("spec");
    JsonNode container = pod.path("containers").path(0);
    assertThat(set.path("replicas").asInt()).isEqualTo(1);
    assertThat(set.path("selector").path("matchLabels"))
        .isEqualTo(set.path("template").path("metadata").path("labels"));
    Map<String, String> mounts = new HashMap<>();
    for (JsonNode mount : container.path("volumeMounts")) {
      mounts.put(mount.path("name").asText(), mount.path("mountPath").asText());
    }
    assertThat(mounts.remove("journal")).isEqualTo("/var/lib/rowhook");
    assertThat(set.path("volumeClaimTemplates").path(0).path("metadata").path("name").asText())
        .isEqualTo("journal");
    for (JsonNode volume : pod.path("volumes")) {
      JsonNode source = volume.path("configMap");
      JsonNode data = object(objects, "ConfigMap " + source.path("name").asText()).path("data");
      Path directory =
          temp.resolve(name(Objects.requireNonNull(mounts.remove(volume.path("name").asText()))));
      Map<String, String> paths = new HashMap<>();
      data.fieldNames().forEachRemaining(key -> paths.put(key, key));
      source
          .path("items")
          .forEach(item -> paths.put(item.path("key").asText(), item.path("path").asText()));
      for (Map.Entry<String, String> file : paths.entrySet()) {
        Path to = directory.resolve(file.getValue());
        Files.createDirectories(to.getParent());
        Files.writeString(to, data.path(file.getKey()).asText());
      }
    }
    assertThat(mounts).isEmpty();
    Map<String, String> env = new HashMap<>();
    assertThat(container.path("envFrom").path(0).path("secretRef").path("name").asText())
        .isEqualTo("rowhook");
    object(objects, "Secret rowhook")
        .path("stringData")
        .properties()
        .forEach(secret -> env.put(secret.getKey(), secret.getValue().asText()));

    Settings settings =
        Settings.read(temp.resolve("connector-config"), temp.resolve("jslt-templates"), env);
    assertThat(settings.recipients()).hasSize(1);
    assertThat(settings.entities()).hasSize(1);
  }

  @Test
  void itsProbesAreTheImagesHealthCheck() throws Exception {
    JsonNode container =
        object(objects(), "StatefulSet rowhook")
            .path("spec")
            .path("template")
            .path("spec")
            .path("containers")
            .path(0);
    Path health = temp.resolve("health");
    Files.writeString(health, "waiting: the source is away\n");
    assertThat(probe(container, "startupProbe", health)).startsWith("0 waiting");
    assertThat(probe(container, "livenessProbe", health)).startsWith("0 waiting");
    assertThat(probe(container, "readinessProbe", health)).startsWith("1 waiting");
    Files.writeString(health, "streaming since 2026-05-24T15:20:44Z\n");
    assertThat(probe(container, "readinessProbe", health)).startsWith("0 streaming");
    assertThat(health.toFile().setLastModified(0)).isTrue();
    assertThat(probe(container, "livenessProbe", health)).startsWith("1 streaming");
  }

  private static String probe(JsonNode container, String name, Path health) throws Exception {
    List<String> command = new ArrayList<>(List.of("env", "ROWHOOK_HEALTH=" + health, "sh"));
    for (JsonNode word : container.path(name).path("exec").path("command")) {
      command.add(command.size() == 3 ? "src/main/docker/" + word.asText() : word.asText());
    }
    return output(command.toArray(String[]::new));
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** By kind and name. */
  private static Map<String, JsonNode> objects() throws IOException {
    Map<String, JsonNode> objects = new HashMap<>();
    ObjectMapper mapper = new ObjectMapper();
    Load load = new Load(LoadSettings.builder().build());
    for (Object document : load.loadAllFromString(Files.readString(KUBERNETES))) {
      JsonNode object = mapper.valueToTree(document);
      String name = object.path("metadata").path("name").asText();
      objects.put(object.path("kind").asText() + " " + name, object);
    }
    return objects;
  }

  private static JsonNode object(Map<String, JsonNode> objects, String name) {
    JsonNode object = objects.get(name);
    assertThat(object).as(name).isNotNull();
    return Objects.requireNonNull(object);
  }

  /** Exit status and output. */
  private static String output(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() + " " + output;
  }
}
