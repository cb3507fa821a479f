package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.check.Inspection;
import io.rowhook.base.Json;
import io.rowhook.journal.Disks;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** An installation in which all is well, for {@code rowhook check} to look at. */
final class CheckedInstallation implements AutoCloseable {

  private static final String LOOPBACK =
      "allow: { http: true, networks: [127.0.0.0/8, '::1/128'] }\n";

  final Path directory;
  final StringWriter out = new StringWriter();
  final SourceDatabase source = SourceDatabase.start();
  final Receiver receiver = new Receiver();
  private final StringWriter err = new StringWriter();

  CheckedInstallation(Path directory) {
    this.directory = directory;
    source.execute(
        "CREATE SCHEMA sales",
        "CREATE TABLE sales.customer (id int PRIMARY KEY, name text, email text)",
        "CREATE TABLE sales.orders (id int PRIMARY KEY, status text NOT NULL, code text,"
            + " customer_id int, total numeric, twice numeric GENERATED ALWAYS AS (total * 2) STORED)",
        "ALTER TABLE sales.orders REPLICA IDENTITY FULL",
        "CREATE TABLE sales.line (id int PRIMARY KEY, order_id int NOT NULL, sku text, quantity int)",
        "CREATE INDEX ON sales.line (order_id)",
        "ALTER TABLE sales.line REPLICA IDENTITY FULL",
        "CREATE TABLE article (id int PRIMARY KEY, sku text, stock int)",
        "CREATE TABLE invoice (id int PRIMARY KEY, number text)",
        "CREATE TABLE payment (id int PRIMARY KEY, amount numeric)",
        "CREATE ROLE connector LOGIN REPLICATION",
        "GRANT USAGE ON SCHEMA sales TO connector",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public, sales TO connector",
        "CREATE PUBLICATION rowhook FOR TABLE sales.orders, sales.line, article, invoice, payment"
            + " WITH (publish_via_partition_root = false)");
    if (Integer.parseInt(Objects.requireNonNull(source.query("SHOW server_version_num")))
        >= 180000) {
      source.execute("ALTER PUBLICATION rowhook SET (publish_generated_columns = stored)");
    }
    write(
        "connector-config/source.properties",
        """
        database.hostname=%s
        database.port=%d
        database.user=connector
        database.password=none
        database.dbname=%s
        """
            .formatted(source.host(), source.port(), source.database()));
    write(
        "connector-config/entities.yaml",
        """
        Order:
          table: sales.orders
          contains: { lines: { table: sales.line, key: order_id } }
          refers: { customer: { table: sales.customer, key: customer_id, attributes: [name, email] } }
        Article: { table: article }
        Invoice: { table: invoice }
        Payment: { table: payment }
        """);
    write("connector-config/rowhook.yaml", "journal: " + directory.resolve("data/journal.db"));
    recipient("shop", "url: " + receiver.url("/hook"));
  }

  @Override
  public void close() {
    receiver.close();
    source.close();
  }

  static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  JsonNode json() {
    check("--json");
    try {
      return Json.MAPPER.readTree(out.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int check(String... options) {
    out.getBuffer().setLength(0);
    List<String> all =
        new ArrayList<>(
            List.of(
                "check",
                "--config",
                directory.resolve("connector-config").toString(),
                "--templates",
                directory.resolve("jslt-templates").toString()));
    all.addAll(List.of(options));
    int status =
        Main.commandLine(_ -> {})
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(all.toArray(String[]::new));
    assertThat(err.toString()).isEmpty();
    return status;
  }

  void recipient(String name, String yaml) {
    recipient(name, yaml, LOOPBACK);
  }

  void recipient(String name, String yaml, String allow) {
    write("connector-config/recipients/" + name + ".yaml", allow + yaml);
  }

  void write(String name, String text) {
    try {
      Path file = directory.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void delete(String name) {
    try {
      Files.delete(directory.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is found where clock and disks are these. */
  ObjectNode report(InstantSource clock, Disks disks) throws InterruptedException {
    return Inspection.of(
            new Inspection.Request(
                directory.resolve("connector-config"),
                directory.resolve("jslt-templates"),
                Optional.empty(),
                false,
                Optional.empty(),
                false,
                Map.of(),
                clock,
                disks))
        .json();
  }
}
