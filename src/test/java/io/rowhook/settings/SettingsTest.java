package io.rowhook.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.TableId;
import io.rowhook.entity.EntityType;
import io.rowhook.entity.EventType;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.Authentication.Basic;
import io.rowhook.recipient.Authentication.Hmac;
import io.rowhook.recipient.Authentication.Previous;
import io.rowhook.recipient.Authentication.SignatureScheme;
import io.rowhook.recipient.BodyFormat;
import io.rowhook.recipient.CidrBlock;
import io.rowhook.recipient.CircuitBreakerConfig;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.EgressPolicy;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.recipient.Secret;
import io.rowhook.recipient.Subscription;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Good settings become the records that they describe. */
class SettingsTest {

  private static final Set<EventType> ALL = EventType.CHANGES;

  @TempDir Path temp;

  private SettingsDirectory directory;

  @BeforeEach
  void aGoodDirectory() {
    directory = new SettingsDirectory(temp);
  }

  @Test
  void aRecipientNeedsNothingButAUrl() throws SettingsException {
    Recipient shop = directory.read().recipients().getFirst();
    assertThat(shop.name()).isEqualTo("shop");
    assertThat(shop.url()).hasToString("https://shop.example.com/hook");
    assertThat(shop.authentication()).isEqualTo(Authentication.NONE);
    assertThat(shop.processing()).isEqualTo(new DeliveryMode.Parallel(4));
    assertThat(shop.timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(shop.retry()).isEqualTo(RetryPolicy.DEFAULT);
    assertThat(shop.breakerConfig()).isEqualTo(CircuitBreakerConfig.DEFAULT);
    assertThat(shop.allow()).isEqualTo(EgressPolicy.NOTHING);
    assertThat(shop.subscriptions())
        .containsExactly(
            new Subscription("Article", ALL, Optional.empty(), Optional.empty()),
            new Subscription("Order", ALL, Optional.empty(), Optional.empty()));
  }

  @Test
  void everyKeyOfARecipientArrives() throws SettingsException {
    String old = "whsec_b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQtb2xk";
    directory
        .write("templates/shop/order-status.jslt", ".")
        .env("OLD", old)
        .shop(
            """
            url: http://10.1.2.3:8080/hooks/erp%%20?tenant=1&x=%%2F
            authentication:
              hmac: { secret: %s, previous: { secret: "${env:OLD}", until: 2026-12-01T01:00:00+01:00 } }
              basic: { username: erp, password: "0123" }
            processing: parallel
            jobs: 8
            timeout: 2500ms
            retry: { delays: [1s, 2m, 3h, 4d], from: first, jitter: 0 }
            pause: { failures: 3, within: 1m, probe: [2s, 1m] }
            allow: { http: true, networks: [10.1.0.0/16, "fd00::/8"] }
            format: xml
            subscriptions:
              - entity: Order
                events: [Created, Updated]
                changed: [status, total]
                becomes: { status: shipped, total: [1, 2.50] }
                when: '.data.status == "shipped"'
                attributes: order-status
                topic: order.shipped
              - entity: Article
                events: Deleted
                id: 007
                attributes: notify
                latest-only: true
            """
                .formatted(SettingsDirectory.SECRET));
    Recipient shop = directory.read().recipients().getFirst();
    Hmac hmac =
        new Hmac(
            new Secret(SettingsDirectory.SECRET),
            SignatureScheme.standard,
            "Webhook-Signature",
            Optional.of(new Previous(new Secret(old), Instant.parse("2026-12-01T00:00:00Z"))));
    assertThat(shop.url()).hasToString("http://10.1.2.3:8080/hooks/erp%20?tenant=1&x=%2F");
    assertThat(shop.authentication().hmac()).contains(hmac);
    assertThat(shop.authentication().basic()).contains(new Basic("erp", new Secret("0123")));
    assertThat(shop.processing()).isEqualTo(new DeliveryMode.Parallel(8));
    assertThat(shop.timeout()).isEqualTo(Duration.ofMillis(2500));
    assertThat(shop.breakerConfig())
        .isEqualTo(
            new CircuitBreakerConfig(
                3, Duration.ofMinutes(1), List.of(Duration.ofSeconds(2), Duration.ofMinutes(1))));
    assertThat(shop.retry())
        .isEqualTo(
            new RetryPolicy(
                List.of(
                    Duration.ofSeconds(1),
                    Duration.ofMinutes(2),
                    Duration.ofHours(3),
                    Duration.ofDays(4)),
                RetryPolicy.From.first,
                0));
    assertThat(shop.allow())
        .isEqualTo(
            new EgressPolicy(
                true, List.of(CidrBlock.parse("10.1.0.0/16"), CidrBlock.parse("fd00::/8"))));
    assertThat(shop.format()).isEqualTo(BodyFormat.xml);
    assertThat(shop.subscriptions())
        .containsExactly(
            new Subscription(
                "Order",
                EnumSet.of(EventType.Created, EventType.Updated),
                Optional.empty(),
                Set.of("status", "total"),
                Map.of("status", Set.of("shipped"), "total", Set.of("1", "2.50")),
                Optional.of(".data.status == \"shipped\""),
                Optional.of("order-status"),
                Optional.of("order.shipped"),
                false),
            new Subscription(
                "Article",
                EnumSet.of(EventType.Deleted),
                Optional.of("007"),
                Set.of(),
                Map.of(),
                Optional.empty(),
                Optional.of("notify"),
                Optional.empty(),
                true));
  }

  @Test
  void otherStylesTakeAnyTextAndAnyHeader() throws SettingsException {
    directory.shop(
        """
        url: https://shop.example.com
        authentication: { hmac: { secret: "x", style: hex, header: X-Mine } }
        processing: sequential
        retry: actindo
        pause: xena
        """);
    Recipient shop = directory.read().recipients().getFirst();
    assertThat(shop.authentication().hmac())
        .contains(new Hmac(new Secret("x"), SignatureScheme.hex, "X-Mine", Optional.empty()));
    assertThat(shop.processing()).isEqualTo(new DeliveryMode.Sequential());
    assertThat(shop.retry()).isEqualTo(RetryPolicy.ACTINDO);
    assertThat(shop.breakerConfig()).isEqualTo(CircuitBreakerConfig.XENA);
  }

  @Test
  void entitiesArrive() throws SettingsException {
    directory.delete("config/recipients/shop.yaml");
    directory.entities(
        """
        Article: { table: article }
        Order:
          table: sales.sales_order
          id: [year, number]
          attributes: { exclude: internal_note }
        """);
    assertThat(directory.read().entities())
        .containsExactly(
            new EntityType("Article", new TableId("public", "article"), List.of(), List.of()),
            new EntityType(
                "Order",
                new TableId("sales", "sales_order"),
                List.of("year", "number"),
                List.of("internal_note")));
    assertThat(directory.read().recipients()).isEmpty();
  }

  @Test
  void rowhookYamlMayBeAbsentOrEmpty() throws SettingsException {
    assertThat(directory.read().journal()).isEqualTo(Path.of("rowhook-data/journal.db"));
    assertThat(directory.read().retention()).isEqualTo(Duration.ofDays(10));
    directory.write("config/rowhook.yaml", "# retention: 10d\n");
    assertThat(directory.read().retention()).isEqualTo(Duration.ofDays(10));
    directory.write("config/rowhook.yaml", "journal: /var/lib/rowhook/j.db\nretention: 3d\n");
    assertThat(directory.read().journal()).isEqualTo(Path.of("/var/lib/rowhook/j.db"));
    assertThat(directory.read().retention()).isEqualTo(Duration.ofDays(3));
  }

  @Test
  @Tag("feature-47")
  void networksThatRowhookYamlAllowsAreAllowedToAll() throws SettingsException {
    SettingsDirectory directory =
        new SettingsDirectory(temp)
            .write("config/rowhook.yaml", "allow: { networks: [10.1.0.0/16] }\n")
            .write(
                "config/recipients/stock.yaml",
                "url: https://stock.example.com\nallow: { http: true, networks: [fd00::/8] }\n");
    Settings settings = directory.read();
    CidrBlock all = CidrBlock.parse("10.1.0.0/16");
    assertThat(settings.recipients().stream().map(Recipient::allow))
        .containsExactly(
            new EgressPolicy(false, List.of(all)),
            new EgressPolicy(true, List.of(all, CidrBlock.parse("fd00::/8"))));
    directory.write("config/rowhook.yaml", "allow: { networks: 10.1.0.1/16 }\n");
    assertThat(directory.problems())
        .containsExactly(
            "config/rowhook.yaml:1:20: allow.networks must have only zero bits after its prefix"
                + " length, got: 10.1.0.1/16. Write for example 10.1.0.0/16, or 10.1.2.3/32 for one"
                + " address.");
    directory.write("config/rowhook.yaml", "");
    assertThat(SettingsDiff.between(settings, directory.read()).lines())
        .containsExactly(
            "recipient shop: allow changed", "recipient stock: allow changed", "allow changed");
  }

  @Test
  void sourcePropertiesAreReadByTheirOwnRules() throws SettingsException {
    directory
        .env("PGPASSWORD", "a\\b=c${env:X}")
        .write(
            "config/source.properties",
            """
            # comment
            ! another
            database.hostname : localhost
              database.user=erp
            database.password=${env:PGPASSWORD}
            a.list = one,\\
                     two
            empty
            grüße=ja\\u0021
            template=$${x} $1
            """);
    SourceProperties source = directory.read().source();
    assertThat(source.values())
        .isEqualTo(
            Map.of(
                "database.hostname", "localhost",
                "database.user", "erp",
                "database.password", "a\\b=c${env:X}",
                "a.list", "one,two",
                "empty", "",
                "grüße", "ja!",
                "template", "${x} $1"));
    assertThat(source.place("empty")).endsWith("source.properties:8");
    assertThat(source.place("slot.name")).endsWith("source.properties");
  }

  @Test
  void referencesAreResolvedAnywhereInAValue() throws SettingsException {
    directory
        .write("secret", "geheim\r\n")
        .env("HOST", "shop.example.com")
        .env("JOBS", "3")
        .env("EMPTY", "")
        .shop(
            """
            url: https://${env:HOST}/h?a=${env:JOBS}${env:EMPTY}&b=$$$
            jobs: ${env:JOBS}
            authentication: { basic: { username: erp, password: "${file:%s}" } }
            """
                .formatted(temp.resolve("secret")));
    Recipient shop = directory.read().recipients().getFirst();
    assertThat(shop.url()).hasToString("https://shop.example.com/h?a=3&b=$$$");
    assertThat(shop.processing()).isEqualTo(new DeliveryMode.Parallel(3));
    assertThat(shop.authentication().basic()).contains(new Basic("erp", new Secret("geheim")));
  }

  @Test
  void hiddenFilesBackupsAndReadmesArePassedOver() throws SettingsException {
    directory
        .write("config/README.md", "x")
        .write("config/.git/config", "x")
        .write("config/recipients/.shop.yaml.swp", "x")
        .write("config/recipients/shop.yaml~", "x")
        .write("config/recipients/README", "x")
        .write("config/recipients/.gitkeep", "");
    assertThat(directory.read().recipients()).hasSize(1);
  }

  @Test
  void windowsEditorsAreWelcome() throws SettingsException {
    directory.shop("\uFEFFurl: https://shop.example.com\r\njobs: 2\r\n");
    assertThat(directory.read().recipients().getFirst().processing())
        .isEqualTo(new DeliveryMode.Parallel(2));
  }

  @Test
  @Tag("feature-26")
  void showsNoSecretWhenPrinted() throws SettingsException {
    directory
        .env("CANARY", "canary7")
        .write("config/source.properties", "database.password=canary7\n")
        .shop(
            """
            url: https://shop.example.com/?key=canary7
            authentication:
              hmac: { secret: canary7, style: hex, previous: { secret: canary7, until: 2026-12-01T00:00:00Z } }
              basic: { username: erp, password: "${env:CANARY}" }
            """);
    Settings settings = directory.read();
    assertThat(settings.toString()).doesNotContain("canary7");
    assertThat(settings.recipients().getFirst().authentication().toString())
        .doesNotContain("canary7");
  }
}
