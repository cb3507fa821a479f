package io.rowhook.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.base.Json;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The settings for all recipients are shown without secrets. */
class SettingsViewTest {

  @TempDir Path temp;

  @Test
  @Tag("feature-26")
  void whatMayBeSecretIsNotShown() throws Exception {
    SettingsDirectory directory =
        new SettingsDirectory(temp)
            .write(
                "config/source.properties",
                "database.hostname=db\ndatabase.password=canary\ndatabase.sslpassword=canary\n"
                    + "database.user=${env:ROWHOOK_USER}\ndatabase.sslkey=${file:/run/key}\n")
            .write("config/rowhook.yaml", "retention: 3d\nproxy: http://u:canary@proxy:3128\n")
            .entities("Order:\n  table: o\n  where: active\n  pasword: canary\n");
    SettingsView view = new SettingsView(directory.config());
    assertThat(view.source())
        .isEqualTo(
            Json.MAPPER.readTree(
                """
                {"database.hostname":"db","database.password":"***","database.sslkey":"${file:/run/key}",
                 "database.sslpassword":"***","database.user":"${env:ROWHOOK_USER}"}
                """));
    assertThat(view.rowhook())
        .isEqualTo(
            Json.MAPPER.readTree("{\"retention\":\"3d\",\"proxy\":\"http://***@proxy:3128\"}"));
    assertThat(view.entities())
        .isEqualTo(
            Json.MAPPER.readTree(
                "{\"Order\":{\"table\":\"o\",\"where\":\"active\",\"pasword\":\"***\"}}"));
    directory.delete("config/rowhook.yaml").entities("Order: [");
    assertThat(view.rowhook().isNull()).isTrue();
    assertThat(view.entities().isNull()).isTrue();
  }
}
