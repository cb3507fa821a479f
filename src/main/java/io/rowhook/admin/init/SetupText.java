package io.rowhook.admin.init;

import io.rowhook.admin.init.Proposal.Part;
import io.rowhook.base.Count;
import io.rowhook.capture.SourceCatalog.Column;
import io.rowhook.capture.SourceCatalog.Server;
import io.rowhook.capture.SourceCatalog.Table;
import io.rowhook.capture.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What the owner of the tables runs once: {@code setup.sql}. Each statement can be run again. */
final class SetupText {

  static final String PUBLICATION = "rowhook";
  private static final int STORED_ARE_PUBLISHED_SINCE = 18;

  private static final String HEAD =
      """
      -- What Rowhook needs of this database. Read it, and run it as the owner of the tables (a superuser, for the role):
      --   psql -f setup.sql ...      or      rowhook init --apply, which says each statement
      -- It can be run again: psql says of what is there already that it is, and goes on.
      -- Rowhook writes to no table. What undoes it all stands at the end.
      --
      -- Managed servers differ in the first lines only:
      --   Amazon RDS, Aurora   parameter group: rds.logical_replication = 1, then reboot. CREATE ROLE %1$s LOGIN;
      --                        GRANT rds_replication TO %1$s;   in place of REPLICATION
      --   Google Cloud SQL     flag: cloudsql.logical_decoding = on, which restarts it. ALTER USER %1$s WITH REPLICATION;
      --                        by a user that has cloudsqlsuperuser
      --   Azure                server parameter: wal_level = logical, then restart. REPLICATION as below, by the
      --                        administrator's role; allow Rowhook's address in the firewall
      --   Supabase             is logical already. Connect to the database itself on port 5432, not to the pooler
      --   Neon                 switch on logical replication in the project's settings; it cannot be switched off. Make the
      --                        role in the console, which gives it REPLICATION; use the address without -pooler. A branch that
      --                        is suspended sends nothing until it wakes

      """;

  private final StringBuilder text = new StringBuilder();
  private final Proposal proposal;
  private final Server server;
  private final String role;
  private final String database;
  private final String publication;

  private SetupText(
      Proposal proposal, Server server, String role, String database, String publication) {
    this.proposal = proposal;
    this.server = server;
    this.role = TableId.quote(role);
    this.database = TableId.quote(database);
    this.publication = publication;
  }

  /** The whole file. */
  static String file(Proposal proposal, Server server, String role, String database) {
    return new SetupText(proposal, server, role, database, PUBLICATION).all();
  }

  /**
   * Only what further tables need, where the role and the publication are there.
   *
   * @param publication its name as SQL has it
   */
  static String additions(
      Proposal proposal, Server server, String role, String database, String publication) {
    SetupText setup = new SetupText(proposal, server, role, database, publication);
    setup.tables();
    return setup.text.toString();
  }

  private String all() {
    text.append(HEAD.replace("%1$s", role));
    if (!server.walLevel().equals("logical")) {
      line(
          "-- The server logs too little to be decoded: its wal_level is "
              + server.walLevel()
              + ". This needs a restart of the server:");
      line("ALTER SYSTEM SET wal_level = 'logical';");
      line("SELECT pg_reload_conf();"); // so that everybody sees that it waits for the restart
      line("");
    }
    line(
        "-- No statement below waits longer than this for a table that others use; run it again"
            + " then.");
    line("SET lock_timeout = '5s';");
    line("");
    line(
        "-- The role, with no more rights than these. Give it a password: \\password "
            + role
            + " in psql.");
    line("CREATE ROLE " + role + " LOGIN REPLICATION;");
    line("GRANT CONNECT ON DATABASE " + database + " TO " + role + ";");
    line("");
    tables();
    undo();
    return text.toString();
  }

  private void tables() {
    grants();
    publication();
    identities();
    indexes();
  }

  private void grants() {
    Rights rights = Rights.of(proposal);
    line(
        "-- What is looked up when an event is put together. Where columns are left out or only"
            + " some are embedded, the others");
    line(
        "-- cannot be read at all. A column that is added to such a table later, and is to be sent,"
            + " needs its own GRANT:");
    line("-- rowhook init, run again, prints it, and with --apply runs it.");
    Set<String> schemas = new TreeSet<>();
    rights.columns().keySet().forEach(table -> schemas.add(table.schema()));
    schemas.forEach(
        schema -> line("GRANT USAGE ON SCHEMA " + TableId.quote(schema) + " TO " + role + ";"));
    rights
        .columns()
        .forEach((table, columns) -> {
          String some =
              columns.isEmpty()
                  ? ""
                  : columns.stream()
                      .map(TableId::quote)
                      .collect(Collectors.joining(", ", " (", ")"));
          line("GRANT SELECT" + some + " ON " + table.quoted() + " TO " + role + ";");
        });
    rights
        .secured()
        .forEach(table ->
            line(
                "CREATE POLICY rowhook ON %s FOR SELECT TO %s USING (true); -- it has row-level security"
                    .formatted(table.quoted(), role)));
    line("");
  }

  private void publication() {
    List<Table> captured = proposal.captured();
    List<String> options = new ArrayList<>();
    if (captured.stream().anyMatch(Table::partitioned)) {
      options.add("publish_via_partition_root = true");
    }
    if (server.version() >= STORED_ARE_PUBLISHED_SINCE
        && captured.stream().anyMatch(t -> t.columns().stream().anyMatch(Column::generated))) {
      options.add("publish_generated_columns = stored");
    }
    List<TableId> missing =
        captured.stream()
            .map(Table::id)
            .filter(table -> !server.published().contains(table))
            .sorted()
            .toList();
    if (missing.isEmpty()) {
      return;
    }
    String list = missing.stream().map(TableId::quoted).collect(Collectors.joining(",\n  "));
    line(
        "-- Exactly the tables that entities.yaml captures; all of their columns, since what is"
            + " excluded is dropped by Rowhook.");
    line(
        server.published().isEmpty()
            ? "CREATE PUBLICATION "
                + publication
                + " FOR TABLE\n  "
                + list
                + (options.isEmpty() ? ";" : "\n  WITH (" + String.join(", ", options) + ");")
            : "ALTER PUBLICATION " + publication + " ADD TABLE\n  " + list + ";");
    line("");
  }

  private void identities() {
    List<Table> without = proposal.captured().stream().filter(table -> !table.full()).toList();
    if (without.isEmpty()) {
      return;
    }
    line(
        "-- Old values: without this previous and changed are null, a Deleted has only its key, and"
            + " parts cannot be told by their");
    line(
        "-- owner. It costs log: each UPDATE and DELETE also writes the whole old row, so about"
            + " twice the log for updates of these");
    line(
        "-- tables; INSERT costs nothing more. The statement itself is done at once, and rewrites"
            + " nothing.");
    for (Table table : without) {
      line(
          "ALTER TABLE %s REPLICA IDENTITY FULL;%s"
              .formatted(
                  table.id().quoted(),
                  table.rows() > 0 ? " -- about " + Count.of(table.rows(), "row") : ""));
      if (table.partitioned()) {
        partitions(table.id());
      }
    }
    line("");
  }

  /** Partitions do not inherit it; those that are made later need it as well. */
  private void partitions(TableId table) {
    line(
        "DO $$ DECLARE part regclass; BEGIN -- and each of its partitions; one that is added later"
            + " needs it too");
    line(
        "  FOR part IN SELECT relid FROM pg_partition_tree('%s') WHERE relid <> '%1$s'::regclass LOOP"
            .formatted(table.quoted().replace("'", "''")));
    line("    EXECUTE format('ALTER TABLE %s REPLICA IDENTITY FULL', part);");
    line("  END LOOP; END $$;");
  }

  private void indexes() {
    List<String> proposed = new ArrayList<>();
    proposal.entities().forEach(entity -> entity.parts().forEach(part -> index(part, proposed)));
    if (proposed.isEmpty()) {
      return;
    }
    line(
        "-- Parts are looked up by these columns, which no index begins with: each look-up reads"
            + " the whole table. An index costs");
    line(
        "-- disk, and a little of each write. Making it takes a while, and with CONCURRENTLY no"
            + " lock that others notice. Take the -- out to have it:");
    proposed.forEach(this::line);
    line("");
  }

  private static void index(Part part, List<String> proposed) {
    boolean there =
        part.table().indexes().stream()
            .anyMatch(index ->
                index.size() >= part.key().size()
                    && Set.copyOf(index.subList(0, part.key().size()))
                        .equals(Set.copyOf(part.key())));
    if (!there) {
      proposed.add(
          "-- CREATE INDEX%s ON %s (%s);%s"
              .formatted(
                  part.table().partitioned() ? "" : " CONCURRENTLY",
                  part.table().id().quoted(),
                  part.key().stream().map(TableId::quote).collect(Collectors.joining(", ")),
                  part.table().rows() > 0
                      ? " -- about " + Count.of(part.table().rows(), "row")
                      : ""));
    }
    part.parts().forEach(inner -> index(inner, proposed));
  }

  private void undo() {
    line("-- To take Rowhook away again, once it is stopped:");
    line("-- SELECT pg_drop_replication_slot('rowhook');");
    line("-- DROP PUBLICATION rowhook;");
    line("-- DROP OWNED BY %s; DROP ROLE %s;".formatted(role, role));
    line("-- ALTER TABLE ... REPLICA IDENTITY DEFAULT;   for each table above");
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
