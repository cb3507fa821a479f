package io.rowhook.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No message shows a secret, or what came from the environment. */
@Tag("feature-26")
class SettingsSecretsTest {

  @TempDir Path temp;

  @Test
  void neverShowsASecretOrAResolvedValue() {
    String canary = "canary7";
    SettingsDirectory directory =
        new SettingsDirectory(temp)
            .env("CANARY", canary)
            .write("config/source.properties", "a=" + canary + "\na=" + canary + "\nb=${canary7}\n")
            .write("config/rowhook.yaml", "retention: ${env:CANARY}\njournal: ''\n")
            .write("config/recipients/a.yaml", recipient("secret: " + canary, canary + "\\n"))
            .write("config/recipients/b.yaml", recipient("secret: whsec_" + canary, "*" + canary))
            .write(
                "config/recipients/c.yaml",
                recipient("secret: whsec_*" + canary, "!" + canary + "!x"))
            .write(
                "config/recipients/d.yaml", recipient("{secret: [" + canary + "]}", "'" + canary))
            .write("config/recipients/e.yaml", recipient("secret: {" + canary + "}", "%" + canary))
            .write("config/recipients/f.yaml", "url: https://erp:" + canary + "@shop.example.com\n")
            .write(
                "config/recipients/g.yaml", "url: https://erp:1/" + canary + "?@shop.example.com\n")
            .write(
                "config/recipients/h.yaml",
                "url: http://shop.example.com/" + canary + "?" + canary + "\n")
            .write("config/recipients/i.yaml", "url: ${env:CANARY}\njobs: ${env:CANARY}\n")
            .write(
                "config/recipients/j.yaml",
                """
                url: https://a.example
                subscriptions:
                - {entity: '${env:CANARY}', events: '${env:CANARY}', attributes: '${env:CANARY}'}
                """)
            .write("config/recipients/k.yaml", recipient("secret: " + canary + ": x", "|" + canary))
            .write("config/recipients/l.yaml", "authentication: " + canary + "\n")
            .write(
                "config/recipients/m.yaml",
                "url: https://a.example\nauthentication: {basic: {username: erp, password:canary7}}\n")
            .entities("Article:\n  table: 'a.b.${env:CANARY}'\n");
    assertThat(directory.problems())
        .hasSizeGreaterThanOrEqualTo(20)
        .noneMatch(p -> p.contains(canary));
  }

  private static String recipient(String hmac, String password) {
    return """
    url: https://a.example
    authentication:
      hmac:
        %s
      basic:
        username: erp
        password: %s
    """
        .formatted(hmac, password);
  }
}
