package io.rowhook.schema;

import static io.rowhook.schema.Erp.assertJson;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How an administrator has set up the role or the database changes no value, in the log or read
 * back.
 */
class SchemaSessionTest {

  private static final String[] FORMATS = {
    "bytea_output = 'escape'",
    "IntervalStyle = 'sql_standard'",
    "DateStyle = 'German, DMY'",
    "TimeZone = 'Asia/Kolkata'",
    "extra_float_digits = -15",
    "xmloption = 'document'"
  };

  /** Those that let statements fail, or mean something else. */
  private static final String[] TRAPS = {
    "standard_conforming_strings = off",
    "backslash_quote = off",
    "default_transaction_read_only = on",
    "default_transaction_isolation = 'serializable'",
    "search_path = 'nowhere'",
    "quote_all_identifiers = on",
    "client_encoding = 'LATIN1'",
    "statement_timeout = '900ms'",
    "lock_timeout = '900ms'",
    "idle_in_transaction_session_timeout = '900ms'",
    "transform_null_equals = on",
    "array_nulls = off"
  };

  private static final String VALUES =
      "{'blob':'AGFc3q0=','span':'P1Y2M3DT4H5M6.789S','back':'P-1DT2H','day':'2026-05-24',"
          + "'at':'2026-05-24T15:20:44.123456','at_tz':'2026-05-24T13:20:44.123456Z',"
          + "'tz':'13:20:44Z','third':0.3333333333333333,'tenth':0.1,"
          + "'spans':['P1DT2H'],'blobs':['3q0='],'days':['2026-05-24'],'thirds':[0.3333333333333333],"
          + "'word':'é\\\\','tag':'<a/>b'}";

  @TempDir Path directory;

  private Erp erp() {
    String columns =
        "blob bytea, span interval, back interval, day date, at timestamp, at_tz timestamptz, tz"
            + " timetz, third float8, tenth real, spans interval[], blobs bytea[], days date[],"
            + " thirds float8[], word text, tag xml)";
    Erp erp =
        new Erp(
            directory,
            "CREATE TABLE doc (id int PRIMARY KEY, ref int, " + columns,
            "CREATE TABLE part (id int PRIMARY KEY, doc int, " + columns,
            "CREATE TABLE ref (id int PRIMARY KEY, " + columns,
            "ALTER TABLE doc REPLICA IDENTITY FULL",
            "ALTER TABLE part REPLICA IDENTITY FULL");
    return erp.entities(
        """
        Doc:
          table: doc
          contains: { parts: { table: part, key: doc, order-by: id } }
          refers: { row: { table: ref, key: ref } }
        """);
  }

  private static void grant(Erp erp, String role) {
    erp.sql(
        "ALTER TABLE doc OWNER TO " + role,
        "ALTER TABLE part OWNER TO " + role,
        "ALTER TABLE ref OWNER TO " + role);
  }

  private static void writeAndCompare(Erp erp) {
    String values =
        "'\\x00615cdead'::bytea, '1 year 2 mons 3 days 04:05:06.789'::interval, '-1 day"
            + " +2:00'::interval, '2026-05-24'::date, '2026-05-24 15:20:44.123456'::timestamp,"
            + " '2026-05-24 15:20:44.123456+02'::timestamptz, '15:20:44+02'::timetz,"
            + " 1::float8/3, 0.1::real, '{1 day 2:00}'::interval[], ARRAY['\\xdead'::bytea],"
            + " '{2026-05-24}'::date[], ARRAY[1::float8/3], U&'\\00e9' || chr(92),"
            + " xmlparse(content '<a/>b')";
    erp.sql("INSERT INTO ref SELECT 5, " + values);
    erp.start();
    erp.sql(
        "BEGIN; INSERT INTO doc SELECT 1, 5, "
            + values
            + "; INSERT INTO part SELECT 1, 1, "
            + values
            + "; COMMIT");
    JsonNode created = erp.await("Doc Created 1");
    assertJson(without(created.at("/data")), VALUES);
    assertJson(without(created.at("/data/parts/0")), VALUES);
    assertJson(without(created.at("/data/row")), VALUES);
    erp.sql("INSERT INTO part (id, doc) VALUES (2, 1)");
    JsonNode updated = erp.await("Doc Updated 1");
    assertJson(without(updated.at("/data")), VALUES);
    assertJson(without(updated.at("/data/parts/0")), VALUES);
    assertJson(without(updated.at("/previous/parts/0")), VALUES);
  }

  private static JsonNode without(JsonNode row) {
    com.fasterxml.jackson.databind.node.ObjectNode copy = row.deepCopy();
    return copy.without(java.util.List.of("id", "ref", "doc", "parts", "row"));
  }

  @Test
  void theRolesFormatsChangeNoValue() {
    try (Erp erp = erp()) {
      String role = erp.role(FORMATS);
      grant(erp, role);
      writeAndCompare(erp.connect(role));
    }
  }

  @Test
  void theDatabasesFormatsChangeNoValue() {
    try (Erp erp = erp()) {
      for (String setting : FORMATS) {
        erp.sql("ALTER DATABASE " + erp.source().database() + " SET " + setting);
      }
      erp.sql("ALTER DATABASE " + erp.source().database() + " RESET xmloption");
      writeAndCompare(erp);
    }
  }

  @Test
  void aRolesOddSettingsStopNothing() {
    try (Erp erp = erp()) {
      String role = erp.role(TRAPS);
      grant(erp, role);
      writeAndCompare(erp.connect(role));
    }
  }

  @Test
  void aRolesLimitOnTransactionsStopsNothing() {
    try (Erp erp = erp()) {
      if (Integer.parseInt(String.valueOf(erp.source().query("SHOW server_version_num")))
          < 170_000) {
        return; // there is none
      }
      String role = erp.role("transaction_timeout = '100ms'");
      grant(erp, role);
      writeAndCompare(erp.connect(role));
      erp.listen()
          .sql(
              "BEGIN; INSERT INTO doc (id, word) SELECT n, repeat('x', 500) FROM"
                  + " generate_series(10, 6000) n; DELETE FROM doc WHERE id >= 10; INSERT INTO doc"
                  + " (id) VALUES (5); COMMIT");
      erp.await("Doc Created 5");
      assertThat(erp.words()).doesNotContain("capture failed", "cannot be read back");
    }
  }

  @Test
  void aDatabaseInTheEncodingOfAnOldWindowsChangesNoValue() {
    try (Erp erp =
        Erp.encoded(
            directory,
            "WIN1252",
            "CREATE TABLE \"Müller\" (id text PRIMARY KEY, \"größe\" text, words text[], j json, c char(4))",
            "CREATE TABLE teil (id int PRIMARY KEY, von text, \"Preis €\" text)",
            "CREATE INDEX ON teil (von)",
            "ALTER TABLE \"Müller\" REPLICA IDENTITY FULL",
            "ALTER TABLE teil REPLICA IDENTITY FULL")) {
      erp.entities(
              """
              Order:
                table: Müller
                where: "größe <> 'Ø'"
                contains: { teile: { table: teil, key: von } }
              """)
          .start();
      erp.sql(
          "INSERT INTO teil VALUES (1, 'ä', '€ 5 – „so“')",
          "INSERT INTO \"Müller\" VALUES ('ä', 'œŒ Žž ÿ', '{Straße,é}', '{\"ü\":\"€\"}', 'ß'),"
              + " ('ö', 'Ø', NULL, NULL, NULL)");
      JsonNode created = erp.await("Order Created ä");
      assertJson(
          created.at("/data"),
          "{'id':'ä','größe':'œŒ Žž ÿ','words':['Straße','é'],'j':{'ü':'€'},'c':'ß   ','teile':"
              + "[{'id':1,'von':'ä','Preis €':'€ 5 – „so“'}]}");
      erp.sql("UPDATE \"Müller\" SET \"größe\" = '†‡' WHERE id = 'ä'");
      JsonNode updated = erp.await("Order Updated ä");
      assertJson(updated.at("/previous"), "{'größe':'œŒ Žž ÿ'}");
      assertJson(updated.at("/data/größe"), "'†‡'");
      assertThat(erp.rest()).isEmpty();
    }
  }
}
