package io.rowhook.capture.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.base.Finding.Area;
import io.rowhook.capture.CapturedTable;
import io.rowhook.capture.Rig;
import io.rowhook.capture.SourceValidator;
import io.rowhook.capture.SourceWarning;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.TableMetadata.ReplicaIdentity;
import io.rowhook.capture.TableProblem;
import io.rowhook.capture.TableRequirement;
import io.rowhook.testing.SourceDatabase;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What tells a table's rows apart, and which kinds of table can be captured. */
final class TableValidatorTest {

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  private static SourceValidator.Checked look(String... tables) {
    return look(
        Arrays.stream(tables)
            .map(table -> new CapturedTable(TableId.parse(table), List.of()))
            .toArray(CapturedTable[]::new));
  }

  private static SourceValidator.Checked look(CapturedTable... tables) {
    return SourceValidator.look(new Rig(database, "looked").source(), List.of(tables));
  }

  private static List<String> problems(String... tables) {
    SourceValidator.Checked checked = look(tables);
    assertThat(checked.problems()).isEmpty();
    return checked.tableProblems().stream().map(TableProblem::text).toList();
  }

  private static CapturedTable with(String table, String... id) {
    return new CapturedTable(
        TableId.parse(table),
        List.of(),
        List.of(new TableRequirement.Id("entities.yaml: X.id", List.of(id))));
  }

  private static TableMetadata facts(CapturedTable table) {
    SourceValidator.Checked checked = look(table);
    assertThat(checked.tableProblems()).isEmpty();
    return checked.tables().getFirst();
  }

  @Test
  void anIdentityIndexTakesThePlaceOfAPrimaryKey() {
    database.execute(
        "CREATE TABLE coded (code text NOT NULL, region int NOT NULL, name text)",
        "CREATE UNIQUE INDEX coded_key ON coded (region, code) INCLUDE (name)",
        "ALTER TABLE coded REPLICA IDENTITY USING INDEX coded_key");
    TableMetadata coded = facts(new CapturedTable(TableId.parse("coded"), List.of()));
    assertThat(coded.primaryKey()).containsExactly("region", "code");
    assertThat(coded.identity()).isEqualTo(ReplicaIdentity.INDEX);
    assertThat(coded.identityColumns()).containsExactly("region", "code");
    assertThat(facts(with("coded", "code", "region")).primaryKey())
        .containsExactly("region", "code");
    assertThat(look(with("coded", "code")).tableProblems())
        .singleElement()
        .extracting(TableProblem::text)
        .asString()
        .startsWith("entities.yaml: X.id: columns code of public.coded are not unique");
  }

  @Test
  void anIdMayNameTheIdentityIndexBesideAPrimaryKey() {
    database.execute(
        "CREATE TABLE twice (id int PRIMARY KEY, sku text NOT NULL UNIQUE)",
        "ALTER TABLE twice REPLICA IDENTITY USING INDEX twice_sku_key");
    assertThat(problems("twice"))
        .containsExactly(
            "source.properties: table public.twice has a REPLICA IDENTITY without its primary key, so a deleted row could not be told. Run ALTER TABLE \"public\".\"twice\" REPLICA IDENTITY FULL;");
    assertThat(facts(with("twice", "sku")).primaryKey()).containsExactly("sku");
  }

  /** Where all of old rows is logged, a unique index does, also one that includes others. */
  @Test
  void aUniqueIndexTakesThePlaceOfAPrimaryKeyWithFull() {
    database.execute(
        "CREATE TABLE unkeyed (a int NOT NULL, b int NOT NULL, c int, d int NOT NULL)",
        "ALTER TABLE unkeyed REPLICA IDENTITY FULL",
        "CREATE UNIQUE INDEX unkeyed_half ON unkeyed (a) WHERE c > 0",
        "CREATE UNIQUE INDEX unkeyed_made ON unkeyed ((a + b))",
        "CREATE UNIQUE INDEX unkeyed_null ON unkeyed (c)");
    assertThat(problems("unkeyed"))
        .containsExactly(
            "source.properties: table public.unkeyed has no primary key, but Rowhook needs one to tell its rows apart. Run ALTER TABLE \"public\".\"unkeyed\" ADD PRIMARY KEY (...);");
    database.execute("CREATE UNIQUE INDEX unkeyed_b ON unkeyed (b) INCLUDE (c)");
    assertThat(facts(new CapturedTable(TableId.parse("unkeyed"), List.of())).primaryKey())
        .containsExactly("b");
    database.execute("CREATE UNIQUE INDEX unkeyed_da ON unkeyed (d, a)");
    assertThat(problems("unkeyed"))
        .containsExactly(
            "source.properties: table public.unkeyed has no primary key, but Rowhook needs one to tell its rows apart. Run ALTER TABLE \"public\".\"unkeyed\" REPLICA IDENTITY USING INDEX unkeyed_b; as it has that unique index, or ALTER TABLE \"public\".\"unkeyed\" ADD PRIMARY KEY (...);");
    assertThat(facts(with("unkeyed", "a", "d")).primaryKey()).containsExactly("d", "a");
  }

  @Test
  void aDeferrableKeyNeedsFull() {
    database.execute("CREATE TABLE late (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, n int)");
    assertThat(problems("late"))
        .containsExactly(
            "source.properties: table public.late has a deferrable primary key, which PostgreSQL does not take as REPLICA IDENTITY, so it would refuse every UPDATE and DELETE once the table is published. Run ALTER TABLE \"public\".\"late\" REPLICA IDENTITY FULL;");
    database.execute("ALTER TABLE late REPLICA IDENTITY FULL");
    assertThat(facts(with("late", "id")).primaryKey()).containsExactly("id");
  }

  @Test
  void whatAPrimaryKeyIncludesIsNotInIt() {
    database.execute("CREATE TABLE wide (b int, a int, c int, PRIMARY KEY (a, b) INCLUDE (c))");
    TableMetadata wide = facts(new CapturedTable(TableId.parse("wide"), List.of()));
    assertThat(wide.primaryKey()).containsExactly("a", "b");
    assertThat(wide.identityColumns()).containsExactly("a", "b");
    assertThat(wide.uniqueKeys()).containsExactly(List.of("a", "b"));
  }

  @Test
  void aKeyThatPostgresqlComputesIsRefused() {
    database.execute(
        "CREATE TABLE made (a int, id int GENERATED ALWAYS AS (a * 2) STORED PRIMARY KEY)");
    assertThat(problems("made"))
        .containsExactly(
            "source.properties: table public.made has id in its key, which PostgreSQL computes and does not log, so its rows could not be told. Give it a key of other columns");
  }

  @Test
  void whatPostgresqlComputesIsSaid() {
    database.execute(
        "CREATE TABLE computed (id int PRIMARY KEY, a int, b int GENERATED ALWAYS AS (a + 1) STORED)",
        "ALTER TABLE computed REPLICA IDENTITY FULL");
    SourceValidator.Checked checked = look("computed");
    assertThat(checked.warnings())
        .extracting(SourceWarning::text)
        .containsExactly(
            "source.properties: table public.computed: PostgreSQL computes b and does not log it, so it is not captured, and not read back either");
    assertThat(checked.tables().getFirst().columns()).containsExactly("id", "a");
    assertThat(checked.tables().getFirst().identityColumns()).containsExactly("id", "a");
    assertThat(look(with("computed", "b")).tableProblems())
        .singleElement()
        .extracting(TableProblem::text)
        .isEqualTo(
            "entities.yaml: X.id: column b of public.computed is computed by PostgreSQL (generated), so it is not in the log, and is neither captured nor read back. Name the columns that it is computed from, or another");
  }

  @Test
  void aPartitionedTableIsLookedAtPartitionByPartition() {
    database.execute(
        "CREATE TABLE sale (id int, day date, n int, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
        "CREATE TABLE sale_old PARTITION OF sale FOR VALUES FROM ('2020-01-01') TO ('2024-01-01')"
            + " PARTITION BY LIST (id)",
        "CREATE TABLE sale_old_1 PARTITION OF sale_old FOR VALUES IN (1)",
        "CREATE TABLE sale_old_x PARTITION OF sale_old DEFAULT",
        "CREATE TABLE sale_new (n int, day date NOT NULL, id int NOT NULL)",
        "ALTER TABLE sale ATTACH PARTITION sale_new FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')");
    TableMetadata sale = facts(new CapturedTable(TableId.parse("sale"), List.of()));
    assertThat(sale.partitioned()).isTrue();
    assertThat(sale.leaves())
        .extracting(leaf -> leaf.table().name())
        .containsExactly("sale_new", "sale_old_1", "sale_old_x");
    assertThat(sale.columns()).containsExactly("id", "day", "n");
    assertThat(sale.identity()).isEqualTo(ReplicaIdentity.DEFAULT);

    database.execute(
        "ALTER TABLE sale REPLICA IDENTITY FULL",
        "ALTER TABLE sale_new REPLICA IDENTITY FULL",
        "ALTER TABLE sale_old_1 REPLICA IDENTITY FULL");
    sale = facts(new CapturedTable(TableId.parse("sale"), List.of()));
    assertThat(sale.identity()).isEqualTo(ReplicaIdentity.DEFAULT);
    assertThat(sale.identityColumns()).containsExactly("id", "day");
    assertThat(sale.fullIdentityStatement())
        .isEqualTo(
            "ALTER TABLE \"public\".\"sale\" REPLICA IDENTITY FULL; ALTER TABLE \"public\".\"sale_new\" REPLICA IDENTITY FULL; ALTER TABLE \"public\".\"sale_old_1\" REPLICA IDENTITY FULL; ALTER TABLE \"public\".\"sale_old_x\" REPLICA IDENTITY FULL;");
    database.execute("ALTER TABLE sale_old_x REPLICA IDENTITY FULL");
    sale = facts(new CapturedTable(TableId.parse("sale"), List.of()));
    assertThat(sale.identity()).isEqualTo(ReplicaIdentity.FULL);

    SourceValidator.Checked byId = look(with("sale", "id"));
    assertThat(byId.tableProblems()).isEmpty();
    assertThat(byId.warnings())
        .extracting(SourceWarning::text)
        .containsExactly(
            "entities.yaml: X.id: PostgreSQL cannot hold id unique in all partitions of public.sale together: rows that have the same would be one entity");
    assertThat(problems("sale", "sale_new"))
        .containsExactly(
            "source.properties: table public.sale_new is a partition of public.sale, which is captured as well, and a row belongs to one of the two. Take one out of entities.yaml");

    database.execute("ALTER TABLE sale_new REPLICA IDENTITY NOTHING");
    assertThat(problems("sale"))
        .containsExactly(
            "source.properties: table public.sale has REPLICA IDENTITY NOTHING in its partition public.sale_new, with which the source would refuse every UPDATE and DELETE once it is published. Run ALTER TABLE \"public\".\"sale_new\" REPLICA IDENTITY FULL;");
  }

  /** Rows that a SELECT shows as the table's, but that the log has under another name. */
  @Test
  void aTableThatOthersInheritFrom() {
    database.execute(
        "CREATE TABLE note (id int PRIMARY KEY, words text)",
        "CREATE TABLE order_note (order_id int, PRIMARY KEY (id)) INHERITS (note)",
        "CREATE SCHEMA _timescaledb_internal",
        "CREATE TABLE metric (id int PRIMARY KEY)",
        "CREATE TABLE _timescaledb_internal.chunk_1 () INHERITS (metric)");
    assertThat(problems("note"))
        .containsExactly(
            "source.properties: table public.note has tables that inherit from it (public.order_note), whose rows are not its own in the log. Name them in entities.yaml as well, or run ALTER TABLE \"public\".\"order_note\" NO INHERIT \"public\".\"note\";");
    assertThat(look("note").suspended()).isEmpty(); // its own rows can be told
    assertThat(problems("note", "order_note")).isEmpty();
    assertThat(problems("metric"))
        .containsExactly(
            "source.properties: table public.metric is a hypertable of TimescaleDB: its rows stand in chunks, under whose names they are in the log, and chunks come and go. Rowhook cannot capture it; a table that is PARTITION BY RANGE can be captured");
    assertThat(look("metric").suspended()).isNotEmpty();
  }

  /** A hypertable without a chunk has no table that inherits from it. */
  @Test
  void anEmptyHypertableIsRefused() {
    database.execute(
        "CREATE TABLE measure (id int PRIMARY KEY)",
        "CREATE SCHEMA _timescaledb_catalog",
        "CREATE TABLE _timescaledb_catalog.hypertable (schema_name name, table_name name)",
        "INSERT INTO _timescaledb_catalog.hypertable VALUES ('public', 'measure')",
        "CREATE EXTENSION citext",
        "SET allow_system_table_mods = on; UPDATE pg_extension SET extname = 'timescaledb' WHERE"
            + " extname = 'citext'");
    try {
      assertThat(problems("measure").getFirst()).contains("is a hypertable of TimescaleDB");
    } finally {
      database.execute(
          "SET allow_system_table_mods = on; UPDATE pg_extension SET extname = 'citext' WHERE"
              + " extname = 'timescaledb'");
    }
  }

  @Test
  void aSystemTableIsRefused() {
    assertThat(problems("pg_catalog.pg_class"))
        .containsExactly(
            "source.properties: table pg_catalog.pg_class is a system table, but Rowhook captures ordinary tables only. Name the table that the rows stand in");
  }

  @Test
  void whatIsSaidOfATableIsOfItsAreaWhateverItsName() {
    database.execute("CREATE TABLE max_slot_wal_keep_size (id int PRIMARY KEY)");
    assertThat(look("max_slot_wal_keep_size").warnings())
        .extracting(SourceWarning::area)
        .containsExactly(Area.tables);
  }
}
