package io.rowhook.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.Recipient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The settings in this repository, which the demo uses and docs/start.md names, are good ones. */
class OwnSettingsTest {

  private static final Map<String, String> ENV =
      Map.of(
          "PGHOST", "localhost",
          "PGPORT", "5432",
          "PGUSER", "rowhook",
          "PGPASSWORD", "secret",
          "PGDATABASE", "erp",
          "SHOP_URL", "http://127.0.0.1:8081/hooks/erp?tenant=1",
          "SHOP_SECRET", SettingsDirectory.SECRET,
          "STOCK_URL", "http://127.0.0.1:8082/stock",
          "MAILING_URL", "http://127.0.0.1:8083/customers",
          "MAILING_PASSWORD", "secret");

  @Test
  void read() throws SettingsException {
    Settings settings = Settings.read(Path.of("connector-config"), Path.of("jslt-templates"), ENV);
    assertThat(settings.source().values().keySet())
        .containsExactly(
            "database.hostname",
            "database.port",
            "database.dbname",
            "database.user",
            "database.password");
    assertThat(settings.entities().stream().map(e -> e.name() + " " + e.table()))
        .containsExactly(
            "Article public.article", "Customer crm.customer", "Order sales.sales_order");
    assertThat(settings.recipients().stream().map(Recipient::name))
        .containsExactly("mailing", "shop", "stock");
    assertThat(settings.recipients()).allMatch(recipient -> recipient.allow().http());
    Recipient mailing = settings.recipients().get(0);
    Recipient shop = settings.recipients().get(1);
    Recipient stock = settings.recipients().get(2);
    assertThat(mailing.authentication().basic()).isPresent();
    assertThat(mailing.subscriptions().getFirst().attributes()).isEqualTo(Optional.of("customer"));
    assertThat(shop.authentication().hmac()).isPresent();
    assertThat(shop.subscriptions()).hasSize(3);
    assertThat(stock.authentication()).isEqualTo(Authentication.NONE);
    assertThat(stock.processing()).isEqualTo(new DeliveryMode.Sequential());
    assertThat(settings.templateHashes()).containsOnlyKeys("mailing/customer.jslt");
    assertThat(List.copyOf(settings.templateHashes().values()).getFirst()).hasSize(64);
  }
}
