package io.rowhook.settings;

import io.rowhook.testing.Certificates;
import io.rowhook.testing.Docs;
import io.rowhook.testing.Docs.Block;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The settings that the pages show are good ones. */
class DocumentedSettingsTest {

  /** What the pages' examples take from the environment. */
  private static final Map<String, String> ENV =
      Map.of(
          "HOST",
          "rowhook-1.example.com",
          "PORT",
          "8181",
          "KAFKA_LOGIN",
          "secret",
          "SHOP_SECRET",
          SettingsDirectory.SECRET,
          "SHOP_OLD",
          SettingsDirectory.SECRET,
          "SHOP_PASSWORD",
          "secret",
          "TRIAL_SECRET",
          SettingsDirectory.SECRET,
          "ADMIN_READ",
          "0123456789abcdef-read",
          "ADMIN_OPERATE",
          "0123456789abcdef-operate");

  private static final String ENTITIES =
      """
      Article:
        table: public.article
      Order:
        table: sales.sales_order
      Customer:
        table: crm.customer
      """;

  @TempDir Path temp;

  @TestFactory
  Stream<DynamicTest> everyYamlBlockIsAGoodFile() {
    return Docs.blocks().stream()
        .filter(block -> block.info().startsWith("yaml"))
        .map(block -> DynamicTest.dynamicTest(block.place(), () -> read(block)));
  }

  private void read(Block block) throws SettingsException {
    Path root = temp.resolve(block.place().replace('/', '-').replace(':', '-'));
    SettingsDirectory directory =
        new SettingsDirectory(root)
            .entities(ENTITIES)
            .write("templates/order-status.jslt", "{\"status\": .data.status}")
            .write("config/tls/server.pem", Certificates.get().server.certificatePem())
            .write("config/tls/server.key", Certificates.get().server.keyPem());
    switch (block.info()) {
      case "yaml entities" ->
          directory.entities(block.text()).delete("config/recipients/shop.yaml");
      case "yaml recipient" -> directory.shop(block.text());
      case "yaml rowhook" -> directory.write("config/rowhook.yaml", block.text());
      default -> throw new AssertionError("of which file is this: " + block.info());
    }
    Settings.read(root.resolve("config"), root.resolve("templates"), ENV);
  }
}
