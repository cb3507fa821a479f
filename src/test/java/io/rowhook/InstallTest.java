package io.rowhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rowhook.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** The files that make a service of it: systemd's unit, and the examples for Kubernetes. */
class InstallTest {

  private static final Path UNIT = Path.of("src/main/service/rowhook.service");
  private static final Path KUBERNETES = Path.of("src/main/service/rowhook.yaml");
  private static final Path SIDECAR = Path.of("src/main/service/sidecar.yaml");

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
    Map<String, JsonNode> objects = objects(KUBERNETES);
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
  void probesAskTheServiceAsTheImagesHealthCheckDoes() throws Exception {
    JsonNode alone = pod(KUBERNETES, "rowhook").path("containers").path(0);
    JsonNode beside = pod(SIDECAR, "erp").path("initContainers").path(0);
    for (JsonNode container : List.of(alone, beside)) {
      assertThat(probe(container, "startupProbe")).isEqualTo("[\"probe\",\"live\"]");
      assertThat(probe(container, "livenessProbe")).isEqualTo("[\"probe\",\"live\"]");
    }
    assertThat(probe(alone, "readinessProbe")).isEqualTo("[\"probe\",\"ready\"]");
    assertThat(beside.has("readinessProbe")).as("it would take the ERP out of service").isFalse();
    assertThat(beside.path("restartPolicy").asText()).isEqualTo("Always");
    assertThat(Files.readString(Path.of("src/main/docker/Dockerfile")))
        .contains(" CMD [\"probe\", \"ready\"]\n");
  }

  private static String probe(JsonNode container, String name) {
    return container.path(name).path("exec").path("command").toString();
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** By kind and name. */
  private static Map<String, JsonNode> objects(Path file) throws IOException {
    Map<String, JsonNode> objects = new HashMap<>();
    ObjectMapper mapper = new ObjectMapper();
    Load load = new Load(LoadSettings.builder().build());
    for (Object document : load.loadAllFromString(Files.readString(file))) {
      JsonNode object = mapper.valueToTree(document);
      String name = object.path("metadata").path("name").asText();
      objects.put(object.path("kind").asText() + " " + name, object);
    }
    return objects;
  }

  /** Of a StatefulSet. */
  private static JsonNode pod(Path file, String name) throws IOException {
    return object(objects(file), "StatefulSet " + name).at("/spec/template/spec");
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
