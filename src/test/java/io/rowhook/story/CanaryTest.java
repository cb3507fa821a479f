package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.Certificates;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Canaries in every place where a secret can stand, and in rows; then every error that can be
 * provoked, in the running product that logs all it can; then a search in all that it has written.
 */
@Tag("feature-26")
@Tag("feature-49")
@Tag("slow")
class CanaryTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final String ROW = "canary-of-a-row";
  private static final String HMAC = base64("canary-hmac-0123456789abcdef");
  private static final String OLD = base64("canary-previous-0123456789abc");
  private static final String HEX = "canary-hex-secret";
  private static final String PASSWORD = "canary-password";
  private static final String DATABASE = "canary-database-password";
  private static final String PATH = "canary-path-token";
  private static final String QUERY = "canary-query-value";
  private static final String LOCATION = "canary-location";

  private static final String STANDARD = "secret: '${env:HMAC}'";

  /** Wrong in one way or another, where the settings are refused. */
  private static final String WRONG = "canary-wrong";

  private static final List<String> SECRETS =
      Stream.concat(
              Stream.of(
                  HMAC,
                  OLD,
                  HEX,
                  PASSWORD,
                  base64("erp:" + PASSWORD),
                  DATABASE,
                  PATH,
                  QUERY,
                  LOCATION,
                  WRONG),
              Certificates.get().client.keyPem().lines().filter(line -> line.length() == 64))
          .toList();

  @TempDir Path directory;

  private final List<Receiver> receivers = new ArrayList<>();

  /** Lines of output with a canary in them. */
  private final Queue<String> leaks = new ConcurrentLinkedQueue<>();

  private SourceDatabase source;
  private Stage stage;

  @BeforeEach
  void plant() throws IOException {
    source = SourceDatabase.start();
    stage = new Stage(source, directory).tables();
    Path sources = directory.resolve("connector-config/source.properties");
    Files.writeString(
        sources,
        Files.readString(sources).replaceAll("(database.password=).*", "$1\\${env:DB_PASSWORD}"));
    stage
        .env("DB_PASSWORD", DATABASE)
        .env("HMAC", "whsec_" + HMAC)
        .write("secrets/old", "whsec_" + OLD + "\n")
        .write("secrets/password", PASSWORD + "\n")
        .write("connector-config/tls/ca.pem", Certificates.get().ca.certificatePem())
        .write("connector-config/tls/client.pem", Certificates.get().client.certificatePem())
        .write("secrets/client.key", Certificates.get().client.keyPem());
    recipient("good", receiver(_ -> Answer.of(200)), "");
    recipient("echo", receiver(CanaryTest::echo), "");
    recipient(
        "redirect",
        receiver(_ ->
            Answer.of(307, "Location", "https://elsewhere.example/" + LOCATION + "?" + LOCATION)),
        "");
    recipient(
        "slow",
        receiver(_ -> {
          Thread.sleep(2_000); // longer than this recipient's timeout
          return Answer.of(200);
        }),
        "timeout: 300ms\n");
    recipient("broken", receiver(_ -> Answer.of(200)), "");
    stage.write("jslt-templates/broken/Article.jslt", "{\"n\": number(.data.name)}");
    String plain = receiver(_ -> Answer.of(200)).toString();
    recipient(
        "tls",
        URI.create(plain.replace("http:", "https:")),
        "tls: { ca: tls/ca.pem, certificate: tls/client.pem, key: '"
            + directory.resolve("secrets/client.key")
            + "' }\n");
    try (ServerSocket closed = new ServerSocket(0)) {
      recipient("down", url("http", "127.0.0.1", closed.getLocalPort()), "");
    }
    recipient("unknown", url("https", "shop.invalid", 443), "");
    recipient("inside", url("https", "10.255.255.1", 443), "");
  }

  @AfterEach
  void close() {
    receivers.forEach(Receiver::close);
    stage.close();
    source.close();
  }

  @Test
  void nothingShowsASecretNorALogARow() throws Exception {
    String written;
    try (RowhookProcess rowhook = setup().start()) {
      rowhook.awaitLine(LIMIT, "Streaming from slot");
      source.execute(
          "INSERT INTO article VALUES (1, '" + ROW + "', '" + ROW + "', 1.00, 0)",
          "UPDATE article SET name = '" + ROW + " 2' WHERE id = 1",
          "INSERT INTO crm.customer VALUES (7, '" + ROW + "', '" + ROW + "@example.com')");
      for (String recipient :
          List.of("echo", "redirect", "slow", "broken", "tls", "down", "unknown", "inside")) {
        rowhook.awaitLine(LIMIT, "attempt recipient=\"" + recipient + "\"");
      }
      refuseSettings(rowhook);
      lockTheJournal(rowhook);
      written = contents("journal.db");
      source.crash();
      source.restart();
      source.execute("INSERT INTO article VALUES (3, '" + ROW + "', '" + ROW + "', 1.00, 0)");
      Eventually.within(
          LIMIT,
          "what came after the crash has arrived",
          () -> receivers.getFirst().requests().stream().anyMatch(r -> r.text().contains(":3,")));
      written += Instances.ready(stage.journalFile(), "streaming since");
      rowhook.stop();
      written += contents("journal.db");
      assertThat(rowhook.output()).contains("stopped");
    }
    for (String there : List.of("echo begins", ROW, "streaming since")) {
      assertThat(written.contains(there)).as("the search finds '%s'", there).isTrue();
    }
    for (String secret : SECRETS) {
      assertThat(written.contains(secret)).as(secret).isFalse();
    }
    refuseToStart();
    assertThat(leaks).isEmpty();
  }

  /** Settings that are edited and wrong; the service stays with those before. */
  private void refuseSettings(RowhookProcess rowhook) throws IOException {
    writeWrongSettings();
    rowhook.awaitLine(LIMIT, "the last good ones stay in force");
    try (Stream<Path> files = Files.list(directory.resolve("connector-config/recipients"))) {
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith("w")).toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory.resolve("jslt-templates/wrong.jslt"));
    rowhook.awaitLine(LIMIT, "the settings are good again");
  }

  private void writeWrongSettings() {
    stage
        .env("WRONG", WRONG)
        .write("secrets/wrong.key", "-----BEGIN PRIVATE KEY-----\n" + WRONG + "\n")
        .recipient("w1", "url: https://" + WRONG + "@a.example/" + WRONG + "?" + WRONG)
        .recipient(
            "w2", "url: https://a.example/\nauthentication: { hmac: { secret: " + WRONG + " } }")
        .recipient("w3", "url: ${env:DB_PASSWORD}\ntimeout: ${env:HMAC}")
        .recipient(
            "w4",
            "url: https://a.example\ntls: { certificate: tls/client.pem, key: '"
                + directory.resolve("secrets/wrong.key")
                + "' }")
        .recipient("w5", "url: https://a.example\n{ secret: " + WRONG)
        .recipient(
            "w6",
            "url: https://a.example\nauthentication: { basic: { username: a, password:"
                + WRONG
                + " } }")
        .write("jslt-templates/wrong.jslt", "{ \"a\": \"" + ROW + "\" ");
  }

  /** Another program holds the journal's lock, as a backup may. */
  private void lockTheJournal(RowhookProcess rowhook) throws Exception {
    try (Connection tool =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("journal.db"));
        Statement statement = tool.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      source.execute("INSERT INTO article VALUES (2, '" + ROW + "', '" + ROW + "', 1.00, 0)");
      rowhook.awaitLine(LIMIT, "another process keeps it locked");
      statement.execute("ROLLBACK");
    }
  }

  private void refuseToStart() {
    writeWrongSettings();
    try (RowhookProcess refused = setup().env("WRONG", WRONG).start()) {
      assertThat(refused.exitCode(LIMIT)).isEqualTo(1);
      assertThat(refused.output().lines().count()).isGreaterThanOrEqualTo(6);
    }
  }

  /** As it runs in production, but logging all that Rowhook itself can; canaries are caught. */
  private RowhookProcess.Setup setup() {
    RowhookProcess.Setup setup =
        RowhookProcess.run(
                stage.options().config(), stage.options().templates(), stage.journalFile())
            .env("ROWHOOK_LOG", "trace")
            .onLine(line -> {
              if (line.contains(ROW) || SECRETS.stream().anyMatch(line::contains)) {
                leaks.add(line);
              }
            });
    stage.env().forEach((name, value) -> setup.env(name.replace('.', '_'), value));
    return setup;
  }

  /** What is in all files whose names begin so, byte for byte. */
  private String contents(String name) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith(name)).toList()) {
        all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    return all.toString();
  }

  private void recipient(String name, URI url, String more) {
    String allowed =
        "allow: { http: true, networks: "
            + (name.equals("inside") ? "[]" : "[127.0.0.0/8]")
            + " }\n";
    String style = name.equals("echo") ? "secret: " + HEX + ", style: hex" : STANDARD;
    stage.write(
        "connector-config/recipients/" + name + ".yaml",
        allowed
            + "url: "
            + url
            + "\nretry: { delays: [200ms] }\nauthentication:\n  hmac: { "
            + style
            + ", previous: { secret: '${file:"
            + directory.resolve("secrets/old")
            + "}', until: 2099-01-01T00:00:00Z } }\n  basic: { username: erp, password: '${file:"
            + directory.resolve("secrets/password")
            + "}' }\n"
            + more);
  }

  private URI receiver(Receiver.Behaviour behaviour) {
    Receiver receiver = new Receiver(behaviour);
    receivers.add(receiver);
    return receiver.url("/hooks/" + PATH + "?tenant=1&key=" + QUERY);
  }

  private static URI url(String scheme, String host, int port) {
    return URI.create(
        scheme + "://" + host + ":" + port + "/hooks/" + PATH + "?tenant=1&key=" + QUERY);
  }

  /** As many a server's error page: the request, whole. */
  private static Answer echo(Receiver.Request request) {
    StringBuilder page = new StringBuilder("echo begins: " + request.target() + "\n");
    request.headers().forEach((name, values) -> page.append(name + ": " + values + "\n"));
    return new Answer(500, List.of(), page + request.text());
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
