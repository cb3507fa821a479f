package io.rowhook.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** One seed on one server: draws, writes, and judges. One use. */
final class Run {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** What came of it. */
  record Result(int transactions, int events, int values, List<String> faults) {}

  private final long seed;
  private final Server server;
  private final Path directory;
  private final Dice dice;
  private final String name;
  private final Scenario scenario;
  private final Table end = new Table("public", "zz_end");
  private List<String> altered = List.of();
  private final Map<Long, Long> committing = Work.notes();
  private final Map<Long, List<String>> told = new ConcurrentHashMap<>();

  Run(long seed, Set<String> without, Server server, Path directory) {
    this.seed = seed;
    this.server = server;
    this.directory = directory;
    this.dice = new Dice(seed, without);
    this.name = "fuzz_" + Long.toUnsignedString(seed);
    this.scenario = new SchemaDraw(dice.split()).draw();
    end.columns.add(Column.key("id", Type.of("integer"), _ -> "1"));
    end.key.add("id");
    scenario.entities.add(new Entity("Zend", end, List.of(), List.of(), List.of(), List.of()));
  }

  Result run() throws Exception {
    server.execute("CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'UTF8'");
    Oracle oracle = new Oracle(name + "_oracle");
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      try {
        return run(connection, statement, oracle);
      } finally {
        statement.execute(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                + " WHERE database = current_database() AND NOT active");
      }
    } finally {
      server.execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(server.url(name), server.user(), "");
  }

  private Result run(Connection connection, Statement statement, Oracle oracle) throws Exception {
    Map<Table, Long> oids = create(statement, oracle);
    List<Table> tables = scenario.tables().stream().filter(table -> !table.equals(end)).toList();
    Map<String, String> source = new LinkedHashMap<>(server.source());
    source.put("database.dbname", name);
    source.put("slot.name", name);
    Structure structure = new Structure(dice.split(), scenario, oids, server.version());
    altered = structure.done();
    try (Product product = new Product(directory, source, scenario.yaml());
        Crew crew = crew(tables)) {
      crew.write(10);
      int first = oracle.commits(connection).size();
      product.start();
      for (int i = dice.between(1, 4); i > 0; i--) {
        episode(product, crew, statement);
        if (i > 1 && dice.chance("structure", 0.5)) {
          product.awaitJournaled(place(statement)); // what is read meanwhile has neither columns
          structure.alter(statement, tables);
        }
      }
      statement.execute("INSERT INTO public.zz_end VALUES (1)");
      boolean came = product.await("\"entityType\":\"Zend\"", LIMIT);
      String state = product.state();
      JsonNode audits = came ? product.audit("atonce") : MissingNode.getInstance();
      Map<Long, List<String>> keys = new HashMap<>();
      oids.forEach((table, oid) -> keys.put(oid, table.key));
      Truth truth = new Truth(oracle.commits(connection), keys);
      product.stop();
      oracle.end(statement);
      Tables held = new Tables(oids, truth);
      Result result = judged(product, held, first, came ? "" : state);
      if (came && altered.isEmpty()) {
        result
            .faults()
            .addAll(
                new AuditJudge(scenario.entities, held).judge(product.arrived("atonce"), audits));
      }
      return result;
    }
  }

  private Crew crew(List<Table> tables) throws SQLException {
    List<Work> writers = new ArrayList<>();
    for (int i = dice.chance("crew", 0.4) ? dice.between(2, 4) : 1; i > 0; i--) {
      writers.add(new Work(connect(), dice.split(), tables, committing, told));
    }
    return new Crew(writers);
  }

  /** Some transactions, and what may happen meanwhile. */
  private void episode(Product product, Crew crew, Statement statement) throws Exception {
    int transactions = dice.between(8, 25);
    if (!dice.chance("free", 0.6)) {
      for (int i = 0; i < transactions; i++) {
        crew.write(1);
        product.awaitJournaled(place(statement));
      }
    } else if (dice.chance("restart", 0.2)) {
      product.stop();
      crew.write(transactions / 2);
      product.start();
      crew.write(transactions / 2);
    } else if (dice.chance("terminate", 0.25)) {
      crew.write(transactions / 2);
      statement.execute(
          "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
              + name
              + "'");
      crew.write(transactions / 2);
    } else {
      crew.write(transactions);
    }
  }

  /** Where the log is, after a transaction of no matter that comes through. */
  private static String place(Statement statement) throws SQLException {
    statement.execute("SELECT pg_logical_emit_message(true, 'fuzz', '')");
    try (ResultSet row = statement.executeQuery("SELECT pg_current_wal_lsn()")) {
      row.next();
      return row.getString(1);
    }
  }

  private Map<Table, Long> create(Statement statement, Oracle oracle) throws SQLException {
    statement.execute("CREATE EXTENSION hstore");
    statement.execute("CREATE EXTENSION citext");
    oracle.install(statement);
    Map<Table, Long> oids = new HashMap<>();
    for (String sql : scenario.statements()) {
      try {
        statement.execute(sql);
      } catch (SQLException e) {
        throw new IllegalStateException("seed " + seed + ": " + sql, e);
      }
    }
    for (Table table : scenario.tables()) {
      Oracle.watch(statement, table);
      oids.put(table, Oracle.oid(statement, table));
    }
    for (String setting : scenario.settings) {
      statement.execute("ALTER DATABASE " + name + " " + setting);
    }
    oracle.begin(statement);
    return oids;
  }

  private Result judged(Product product, Tables tables, int first, String stuck) {
    List<String> faults = new ArrayList<>();
    if (!stuck.isEmpty()) {
      faults.add("the last event did not come; capture: " + stuck);
    }
    int events = 0;
    int values = 0;
    for (String recipient : List.of("inturn", "atonce")) {
      Judge judge = new Judge(scenario.entities, tables, committing);
      judge.judge(product.arrived(recipient), first, recipient.equals("inturn"));
      events += judge.events();
      values += judge.values();
      for (Judge.Fault fault : judge.faults()) {
        faults.add(
            recipient
                + ", transaction "
                + fault.xid()
                + ": "
                + fault.what()
                + "\n    of: "
                + String.join(
                    ";\n        ",
                    shortened(Objects.requireNonNullElse(told.get(fault.xid()), List.of()))));
      }
    }
    if (Boolean.getBoolean("fuzz.history") && !faults.isEmpty()) {
      history(product, tables);
    }
    return new Result(tables.truth().commits().size() - first, events, values, faults);
  }

  /** All that happened, and all that came, for a person. */
  private static void history(Product product, Tables tables) {
    for (Commit commit : tables.truth().commits()) {
      System.out.printf("commit %d, transaction %d%n", commit.place(), commit.xid());
      for (Change change : commit.changes()) {
        tables
            .oids()
            .forEach((table, oid) -> {
              if (oid == change.table()) {
                System.out.printf("  %s: %s -> %s%n", table.name, change.old(), change.now());
              }
            });
      }
    }
    product.arrived("inturn").forEach(arrival -> System.out.println(arrival.body()));
  }

  private static List<String> shortened(List<String> statements) {
    return statements.stream()
        .map(sql -> sql.length() > 600 ? sql.substring(0, 600) + "…" : sql)
        .toList();
  }

  /** What it has drawn, for a person. */
  String shown() {
    return String.join(";\n", scenario.settings)
        + "\n"
        + String.join(";\n", scenario.statements())
        + ";\n\n"
        + scenario.yaml();
  }

  /** What it has altered meanwhile, for a person. */
  String altered() {
    return altered.isEmpty() ? "" : "altered: " + String.join(";\n", altered);
  }
}
