package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import io.rowhook.journal.Disks;
import io.rowhook.testing.Certificates;
import io.rowhook.testing.Certificates.Issued;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.RowhookProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An installation with some forty faults at once: {@code rowhook check} names each, and who does
 * what it says, round by round, has one that runs.
 */
@Tag("feature-60")
@Tag("slow")
class PlantedFaultsTest {

  private static final String TEMPLATE =
      "{ \"id\": .data.id, \"state\": .data.%s, \"mail\": .data.customer.email }";

  @TempDir Path directory;
  private final List<HttpServer> servers = new ArrayList<>();
  private final List<Mend> mends = new ArrayList<>();
  private CheckedInstallation in;
  private Duration ahead = Duration.ofDays(65);
  private String attribute = "skuu";
  private String table = "paymnet";
  private Disks.Disk disk = new Disks.Disk("nfs4", 10 << 20);

  /** What a person does who has read a finding, where that is no statement. */
  private record Mend(String what, String says, Runnable does) {}

  @BeforeEach
  void install() {
    in = new CheckedInstallation(directory);
  }

  @AfterEach
  void end() {
    servers.forEach(server -> server.stop(0));
    in.close();
  }

  @Test
  void eachIsNamedAndWhoDoesWhatIsSaidHasOneThatRuns() throws Exception {
    List<String> planted = new ArrayList<>();
    plantInTheDatabase(planted);
    plantInFiles();
    plantAtRecipients();
    mends.forEach(mend -> planted.add(mend.what()));

    List<String> named = new ArrayList<>();
    List<Mend> left = new ArrayList<>(mends);
    ObjectNode report = report();
    for (int round = 0; round < 8 && worse(report) > 0; round++) {
      for (JsonNode finding : report.path("findings")) {
        String what = finding.path("what").asText();
        named.add(what);
        if (finding.path("severity").asText().equals("advice")) {
          continue;
        }
        finding.path("statements").forEach(statement -> in.source.execute(statement.asText()));
        for (Mend mend : List.copyOf(left)) {
          if (what.contains(mend.what())) {
            assertThat(finding.path("mend").asText()).as(what).contains(mend.says());
            mend.does().run();
            left.remove(mend);
          }
        }
      }
      in.source.execute("ALTER TABLE sales.orders ALTER code SET NOT NULL");
      report = report();
    }
    assertThat(worse(report)).as(report.toPrettyString()).isZero();
    assertThat(planted).hasSizeGreaterThanOrEqualTo(30);
    String all = String.join("\n", named);
    assertThat(planted).allSatisfy(fault -> assertThat(all).contains(fault));
    assertThat(in.check("--strict", "--quiet")).as(in.out.toString()).isZero();
    runsAndIsHeldAgainstItsJournal();
  }

  private void plantInTheDatabase(List<String> planted) throws IOException {
    String soon = Instant.now().plus(Duration.ofDays(75)).toString();
    try (InputStream text =
        Objects.requireNonNull(getClass().getResourceAsStream("/faults/database.txt"))) {
      new String(text.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isEmpty() && !line.startsWith("--"))
          .forEach(line -> {
            if (line.endsWith(";")) {
              in.source.execute(line.replace("SOON", soon));
            } else {
              planted.add(line);
            }
          });
    }
    String idle = "SELECT count(*) FROM pg_settings WHERE name = 'idle_replication_slot_timeout'";
    if ("1".equals(in.source.query(idle))) { // PostgreSQL 18
      in.source.set("idle_replication_slot_timeout", "60s");
      planted.add("idle_replication_slot_timeout of the server is");
    }
  }

  private void writeEntities() {
    in.write(
        "connector-config/entities.yaml",
        """
        Order:
          table: sales.orders
          id: code
          contains: { lines: { table: sales.line, key: order_id } }
          refers:
            customer: { table: sales.customer, key: customer_id, attributes: [name, email] }
            site: { table: crm.site, key: site_id, attributes: [town] }
        Article: { table: article, attributes: [id, %s] }
        Invoice: { table: invoice }
        Payment: { table: %s }
        Memo: { table: memo }
        """
            .formatted(attribute, table));
  }

  private void plantInFiles() {
    writeEntities();
    mend(
        "public.article has no column skuu; the nearest is sku",
        "",
        () -> {
          attribute = "sku";
          writeEntities();
        });
    mend(
        "table public.paymnet does not exist in database 'erp'; the nearest is public.payment",
        "",
        () -> {
          table = "payment";
          writeEntities();
        });
    in.write("connector-config/sorce.properties", "");
    mend(
        "sorce.properties: nothing reads a file of this name",
        "Did you mean source.properties?",
        () -> in.delete("connector-config/sorce.properties"));
    in.write("jslt-templates/Order.jslt", TEMPLATE.formatted("statsu"));
    mend(
        "Order.jslt reads .data.statsu",
        "Did you mean status?",
        () -> in.write("jslt-templates/Order.jslt", TEMPLATE.formatted("status")));
    in.write("jslt-templates/Article.jslt", "{ \"id\": .data.id, }}");
    mend(
        "Article.jslt:1:",
        "",
        () -> in.write("jslt-templates/Article.jslt", "{ \"id\": .data.id }"));
    in.write(
        "connector-config/rowhook.yaml", "journal: " + directory.resolve("no/such/journal.db"));
    mend(
        "there is no directory",
        "name another place",
        () ->
            in.write(
                "connector-config/rowhook.yaml",
                "journal: " + directory.resolve("data/journal.db")));
    mend(
        "is on a file system of another machine (nfs4)",
        "name a place on a disk",
        () -> disk = new Disks.Disk("ext4", 10 << 20));
    mend(
        "its disk has 10 MB left",
        "Free space there",
        () -> disk = new Disks.Disk("ext4", 100L << 30));
    mend("the clock of this machine is", "same NTP servers", () -> ahead = Duration.ZERO);
  }

  private void plantAtRecipients() throws Exception {
    Certificates all = Certificates.get();
    in.write("connector-config/tls/ca.pem", all.ca.certificatePem());
    in.write("connector-config/tls/client.pem", all.client.certificatePem());
    in.write("connector-config/tls/client.key", all.client.keyPem());
    String good = "url: " + in.receiver.url("/hook") + "\n";
    String subscriptions =
        "subscriptions: [{ entity: Order, changed: [status] }, { entity: Article }, { entity: Invoice }, { entity: Payment }, { entity: Memo }]";
    faulty(
        "shop",
        good + "timeuot: 5s\n" + subscriptions,
        good + "timeout: 5s\n" + subscriptions,
        "timeuot is not a key",
        "timeout");
    faulty(
        "when",
        good + "subscriptions: [{ entity: Order, when: .data.customer.nmae }]",
        good + "subscriptions: [{ entity: Order, when: .data.customer.name }]",
        "subscriptions[0].when reads .data.customer.nmae",
        "Did you mean name?");
    faulty(
        "closed",
        "url: http://127.0.0.1:" + CheckedInstallation.closedPort(),
        good,
        "connection refused by 127.0.0.1",
        "mend url in recipients/closed.yaml");
    faulty(
        "nowhere",
        "url: https://rowhook.invalid/hook",
        good,
        "the host name in rowhook.invalid is unknown",
        "Mend the host in recipients/nowhere.yaml");
    faulty(
        "proxied",
        "url: https://example.com/\nproxy: http://127.0.0.1:" + CheckedInstallation.closedPort(),
        good,
        "recipients/proxied.yaml: connection refused by 127.0.0.1",
        "mend url in");
    String tls = "\ntls: { ca: tls/ca.pem }\n";
    int fine = serve(all.server, false);
    String own = "url: https://localhost:" + fine + tls;
    faulty(
        "past",
        "url: https://localhost:" + serve(all.expired, false) + tls,
        own,
        "recipients/past.yaml: TLS with",
        "renewed");
    faulty(
        "strange",
        "url: https://localhost:" + serve(all.stranger, false) + tls,
        own,
        "recipients/strange.yaml: TLS with",
        "tls: {ca: FILE}");
    faulty(
        "named",
        "url: https://127.0.0.1:" + fine + tls,
        own,
        "the certificate is not for this host name",
        "Mend the host in recipients/named.yaml");
    String guarded = "url: https://localhost:" + serve(all.server, true);
    faulty(
        "guarded",
        guarded + tls,
        guarded + "\ntls: { ca: tls/ca.pem, certificate: tls/client.pem, key: tls/client.key }",
        "asks for a client certificate",
        "tls");
    faulty(
        "soon", own, own, "recipients/soon.yaml: its server's certificate expires on", "renewed");
    in.recipient(
        "inside",
        "url: http://127.0.0.1:%d/hook".formatted(in.receiver.url("/").getPort()),
        "allow: { http: true }\n");
    mend("recipients/inside.yaml", "127.0.0.1/32", () -> in.recipient("inside", good));
  }

  private void faulty(String name, String faulty, String mended, String what, String says) {
    in.recipient(name, faulty);
    mend(what, says, () -> in.recipient(name, mended));
  }

  private void mend(String what, String says, Runnable does) {
    mends.add(new Mend(what, says, does));
  }

  private int serve(Issued certificate, boolean needsClient) throws Exception {
    HttpsServer server = TlsRecipient.start(certificate, needsClient);
    servers.add(server);
    return server.getAddress().getPort();
  }

  private ObjectNode report() throws InterruptedException {
    return in.report(() -> Instant.now().plus(ahead), _ -> disk);
  }

  private static long worse(ObjectNode report) {
    return report.path("errors").asLong() + report.path("warnings").asLong();
  }

  /** It delivers; and once it is stopped the slot is held against what the journal has of it. */
  private void runsAndIsHeldAgainstItsJournal() throws IOException {
    in.recipient("closed", "url: http://127.0.0.1:" + CheckedInstallation.closedPort());
    Path journal = directory.resolve("data/journal.db");
    try (RowhookProcess run =
        RowhookProcess.run(
                directory.resolve("connector-config"), directory.resolve("jslt-templates"), journal)
            .start()) {
      run.awaitLine(Duration.ofSeconds(60), "started in");
      in.source.execute("INSERT INTO sales.orders (id, status, code) VALUES (1, 'open', 'A1')");
      Eventually.within(Duration.ofSeconds(30), "a webhook comes", () -> in.receiver.count() > 0);
      assertThat(
              run.awaitLine(Duration.ofSeconds(30), "recipients/closed.yaml: connection refused"))
          .contains("WARN", "-> Start what is to answer there");
      in.recipient("closed", "url: " + in.receiver.url("/hook"));
      assertThat(in.check("--quiet")).as(in.out.toString()).isZero();
      assertThat(in.check("--journal", directory.resolve("data/another.db").toString()))
          .isEqualTo(1);
      assertThat(in.out.toString()).contains("slot.name 'rowhook' is in use by server process");
      run.stop();
    }
    assertThat(in.check("--quiet")).as(in.out.toString()).isZero();
    in.source.execute(
        "CREATE TABLE more (id int)",
        "SELECT pg_replication_slot_advance('rowhook', pg_current_wal_lsn())");
    assertThat(in.check("--quiet")).isEqualTo(1);
    assertThat(in.out.toString())
        .contains("replication slot 'rowhook' is confirmed to", "after the journal's end")
        .contains("--accept-gap");
    in.source.execute("SELECT pg_drop_replication_slot('rowhook')");
    assertThat(in.check("--quiet")).isEqualTo(1);
    assertThat(in.out.toString()).contains("replication slot 'rowhook' does not exist any more");
  }
}
