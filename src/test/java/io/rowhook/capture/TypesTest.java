package io.rowhook.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.testing.SourceDatabase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TimeZone;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each type arrives as promised, the same from the log and when it is read back. */
final class TypesTest {

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  @BeforeAll
  static void startDatabase() {
    database.execute(
        "CREATE SCHEMA \"Out of path\"",
        "CREATE EXTENSION hstore SCHEMA \"Out of path\"",
        "CREATE EXTENSION citext",
        "CREATE TYPE mood AS ENUM ('sad', 'happy')",
        "CREATE TYPE \"Out of path\".\"Mood\" AS ENUM ('sad', 'very happy')",
        "CREATE TYPE pair AS (a int, b text)",
        "CREATE DOMAIN positive AS numeric(10,2) CHECK (VALUE > 0)",
        "CREATE DOMAIN more_positive AS positive CHECK (VALUE > 1)",
        "CREATE DOMAIN settings AS jsonb",
        "CREATE DOMAIN moody AS \"Out of path\".\"Mood\"",
        "CREATE DOMAIN whole AS bigint",
        "CREATE DOMAIN wholes AS bigint[]",
        "CREATE DOMAIN moment AS timestamptz",
        "CREATE DOMAIN labels AS \"Out of path\".hstore",
        "CREATE TYPE \"Out of path\".\"numeric\" AS ENUM ('1', '2')",
        "CREATE TYPE moneyrange AS RANGE (subtype = money)");
  }

  /** Each line: type, SQL literal, JSON. One column a line, all in one row. */
  private static final String TABLE =
      """
      smallint            | -32768                                   | -32768
      int                 | 2147483647                               | 2147483647
      bigint              | 9223372036854775807                      | 9223372036854775807
      numeric             | 123456789012345678901234567890.123456789 | 123456789012345678901234567890.123456789
      numeric(12,3)       | 1.5                                      | 1.500
      numeric             | 0.000                                    | 0.000
      numeric             | 'NaN'                                    | "NaN"
      numeric             | 'Infinity'                               | "Infinity"
      real                | 0.1                                      | 0.1
      double precision    | 1e-7                                     | 1.0E-7
      double precision    | '-Infinity'                              | "-Infinity"
      money               | 12.34                                    | 12.34
      boolean             | true                                     | true
      text                | 'it''s "quoted" \\ and ünï'              | "it's \\"quoted\\" \\\\ and ünï"
      text                | ''                                       | ""
      varchar(9)          | 'null'                                   | "null"
      char(4)             | 'ab'                                     | "ab  "
      citext              | 'Ab'                                     | "Ab"
      citext[]            | '{Ab}'                                   | ["Ab"]
      bytea               | '\\xdeadbeef'                            | "3q2+7w=="
      uuid                | '0a0b0c0d-0000-4000-8000-000000000001'   | "0a0b0c0d-0000-4000-8000-000000000001"
      date                | '2026-05-24'                             | "2026-05-24"
      date                | 'infinity'                               | "infinity"
      date                | '-infinity'                              | "-infinity"
      date                | '0044-03-15 BC'                          | "-0043-03-15"
      date                | '12345-01-02'                            | "+12345-01-02"
      timestamp           | '0044-03-15 12:00:00 BC'                 | "-0043-03-15T12:00:00"
      timestamp           | '12345-01-02 12:00:00'                   | "+12345-01-02T12:00:00"
      timestamptz         | '0044-03-15 12:00:00+00 BC'              | "-0043-03-15T12:00:00Z"
      timestamptz         | '12345-01-02 12:00:00+00'                | "+12345-01-02T12:00:00Z"
      money               | -1234567.89                              | -1234567.89
      timetz              | '00:15:20+02'                            | "22:15:20Z"
      timetz              | '15:20+02'                               | "13:20:00Z"
      timetz              | '15:20:44.5+02'                          | "13:20:44.5Z"
      timetz[]            | '{15:20:44+02}'                          | ["13:20:44Z"]
      date[]              | '{0044-03-15 BC,infinity}'               | ["-0043-03-15","infinity"]
      timestamp[]         | '{"0044-03-15 12:00:00 BC",infinity}'    | ["-0043-03-15T12:00:00","infinity"]
      timestamptz[]       | '{"0044-03-15 12:00:00+00 BC",-infinity}' | ["-0043-03-15T12:00:00Z","-infinity"]
      money[]             | '{1.50}'                                 | ["$1.50"]
      point[]             | '{"(1.5,2)"}'                            | ["(1.5,2)"]
      pair[]              | ARRAY['(1,"x y")'::pair]                 | ["(1,\\"x y\\")"]
      numrange            | '[1.50,2]'                               | "[1.50,2]"
      daterange           | '[2026-01-01,2026-02-01)'                | "[2026-01-01,2026-02-01)"
      int4multirange      | '{[1,3),[5,9)}'                          | "{[1,3),[5,9)}"
      tsquery             | 'a & b'                                  | "'a' & 'b'"
      box                 | '(1,1),(0,0)'                            | "(1.0,1.0),(0.0,0.0)"
      polygon             | '((0,0),(1,1.5))'                        | "((0.0,0.0),(1.0,1.5))"
      lseg                | '[(0,0),(1,-1e-9)]'                      | "[(0.0,0.0),(1.0,-1.0E-9)]"
      line                | '{1,2,3}'                                | "{1.0,2.0,3.0}"
      path                | '((0,0),(1,1))'                          | "((0.0,0.0),(1.0,1.0))"
      circle              | '<(1,2),3>'                              | "<(1.0,2.0),3.0>"
      macaddr8            | '08:00:2b:01:02:03:04:05'                | "08:00:2b:01:02:03:04:05"
      jsonpath            | '$.a'                                    | "$.\\"a\\""
      numeric             | repeat('9', 1000)::numeric               | %NINES%
      time                | '15:20:44.123456'                        | "15:20:44.123456"
      time                | '24:00:00'                               | "24:00:00"
      timetz              | '15:20:44+02'                            | "13:20:44Z"
      timestamp           | '2026-05-24 15:20:44.123456'             | "2026-05-24T15:20:44.123456"
      timestamp           | '2026-05-24 00:00:00'                    | "2026-05-24T00:00:00"
      timestamp           | 'infinity'                               | "infinity"
      timestamptz         | '2026-05-24 15:20:44.123456+02'          | "2026-05-24T13:20:44.123456Z"
      timestamptz         | '2026-03-29 02:30:00 Europe/Berlin'      | "2026-03-29T01:30:00Z"
      timestamptz         | '-infinity'                              | "-infinity"
      interval            | '1 year 2 mons 3 days 04:05:06.789'      | "P1Y2M3DT4H5M6.789S"
      interval            | '-00:00:00.5'                            | "PT-0.5S"
      interval            | '0'                                      | "PT0S"
      json                | '{"b": 1.10, "a": [null, 12345678901234567890]}' | {"b":1.10,"a":[null,12345678901234567890]}
      jsonb               | '{"n": 0.10000000000000000001}'          | {"n":0.10000000000000000001}
      jsonb               | 'null'                                   | null
      settings            | '{"k": true}'                            | {"k":true}
      positive            | 7                                        | 7.00
      mood                | 'happy'                                  | "happy"
      inet                | '10.1.0.0/16'                            | "10.1.0.0/16"
      cidr                | '10.1.0.0/16'                            | "10.1.0.0/16"
      macaddr             | '08:00:2b:01:02:03'                      | "08:00:2b:01:02:03"
      xml                 | '<a>1</a>'                               | "<a>1</a>"
      bit(3)              | B'101'                                   | "101"
      bit(1)              | B'1'                                     | "1"
      varbit              | B'0101'                                  | "0101"
      point               | '(1.5,2)'                                | "(1.5,2.0)"
      point               | '(-1e-9,1e300)'                          | "(-1.0E-9,1.0E300)"
      int4range           | '[1,5)'                                  | "[1,5)"
      tstzrange           | '[2026-01-01 00:00+00,)'                 | "[\\"2026-01-01 00:00:00+00\\",)"
      pair                | '(1,"x y")'                              | "(1,\\"x y\\")"
      tsvector            | 'a b'                                    | "'a' 'b'"
      pg_lsn              | '0/16B3748'                              | "0/16B3748"
      oid                 | 4294967295                               | 4294967295
      "Out of path".hstore | 'a=>1, b=>NULL'                         | {"a":"1","b":null}
      "Out of path".hstore[] | ARRAY['a=>"1,2"'::"Out of path".hstore] | [{"a":"1,2"}]
      labels              | 'a=>1'                                   | {"a":"1"}
      labels[]            | ARRAY['a=>1'::labels, NULL]              | [{"a":"1"},null]
      moody               | 'very happy'                             | "very happy"
      moody[]             | ARRAY['very happy'::moody]               | ["very happy"]
      "Out of path"."Mood"[] | '{very happy,sad}'                    | ["very happy","sad"]
      "Out of path"."numeric" | '1'                                  | "1"
      "Out of path"."numeric"[] | '{1}'                              | ["1"]
      positive[]          | '{7,1.5}'                                | [7.00,1.50]
      more_positive       | 7                                        | 7.00
      whole               | 7                                        | 7
      whole[]             | '{7,NULL}'                               | [7,null]
      wholes              | '{7,8}'                                  | [7,8]
      wholes[]            | '{"{7,8}","{9}"}'                        | [[7,8],[9]]
      moment[]            | '{2026-05-24 15:20:44+02}'               | ["2026-05-24T13:20:44Z"]
      settings[]          | ARRAY['{"k": [1.0]}'::settings]          | [{"k":[1.0]}]
      text[]              | ARRAY['a;b', 'a,b;c']                    | ["a;b","a,b;c"]
      box[]               | '{(1,1),(0,0);(2,2),(1.5,1)}'            | ["(1,1),(0,0)","(2,2),(1.5,1)"]
      int[]               | '[-1:0][5:6]={{1,2},{3,4}}'              | [[1,2],[3,4]]
      real[]              | '{0.1,NaN,-Infinity,1e30}'               | [0.1,"NaN","-Infinity",1.0E30]
      real                | 16777216                                 | 1.6777216E7
      time[]              | '{24:00:00}'                             | ["24:00:00"]
      int2vector          | '1 2 3'                                  | "1 2 3"
      oidvector           | '1 2'                                    | "1 2"
      name                | 'x'                                      | "x"
      "char"              | 'x'                                      | "x"
      regclass            | 'pg_class'                               | "pg_class"
      moneyrange          | '[1,2)'                                  | "[$1.00,$2.00)"
      int8range[]         | '{"[1,5)"}'                              | ["[1,5)"]
      datemultirange      | '{[2026-01-01,2026-02-01)}'              | "{[2026-01-01,2026-02-01)}"
      pair[]              | ARRAY['(1,"x,y")'::pair, NULL]           | ["(1,\\"x,y\\")",null]
      serial              | DEFAULT                                  | 1
      bigserial           | DEFAULT                                  | 1
      smallserial         | DEFAULT                                  | 1
      bigint GENERATED ALWAYS AS IDENTITY | DEFAULT                  | 1
      char(4)[]           | '{ab}'                                   | ["ab  "]
      "char"[]            | '{a}'                                    | ["a"]
      xml[]               | ARRAY['<a>1,2</a>'::xml]                 | ["<a>1,2</a>"]
      numeric(3,-2)       | 12345                                    | 12300
      interval            | '-1 year -2 mons +3 days -04:05:06.789'  | "P-1Y-2M3DT-4H-5M-6.789S"
      timetz              | '23:59:59.999999-15:59'                  | "15:58:59.999999Z"
      int[]               | '{1,NULL,3}'                             | [1,null,3]
      int[]               | '{{1,2},{3,4}}'                          | [[1,2],[3,4]]
      int[]               | '{}'                                     | []
      int[]               | '[2:3]={7,8}'                            | [7,8]
      bigint[]            | '{9223372036854775807}'                  | [9223372036854775807]
      numeric[]           | '{1.50,NaN}'                             | [1.50,"NaN"]
      boolean[]           | '{t,f}'                                  | [true,false]
      text[]              | ARRAY['a,b', 'c"d', '\\', 'NULL', NULL, ''] | ["a,b","c\\"d","\\\\","NULL",null,""]
      varchar(5)[]        | '{x}'                                    | ["x"]
      double precision[]  | '{0.1,Infinity}'                         | [0.1,"Infinity"]
      timestamptz[]       | '{2026-05-24 15:20:44.5+02}'             | ["2026-05-24T13:20:44.5Z"]
      timestamp[]         | '{2026-05-24 15:20:44}'                  | ["2026-05-24T15:20:44"]
      date[]              | '{2026-05-24}'                           | ["2026-05-24"]
      uuid[]              | '{0a0b0c0d-0000-4000-8000-000000000001}' | ["0a0b0c0d-0000-4000-8000-000000000001"]
      jsonb[]             | ARRAY['{"a": 1.0}'::jsonb]               | [{"a":1.0}]
      bytea[]             | ARRAY['\\xdead'::bytea]                  | ["3q0="]
      interval[]          | '{1 day}'                                | ["P1D"]
      mood[]              | '{sad,happy}'                            | ["sad","happy"]
      inet[]              | '{10.0.0.1}'                             | ["10.0.0.1"]
      text                | NULL                                     | null
      int                 | NULL                                     | null
      """;

  @Test
  void everyTypeArrivesAsPromised() throws Exception {
    everyTypeArrives(Map.of());
  }

  /** How the source is told to write values by others is not how it writes them to Rowhook. */
  @Test
  void whateverRoleAndDatabaseAreSetTo() throws Exception {
    database.execute(
        "CREATE ROLE hostile SUPERUSER LOGIN",
        "ALTER ROLE hostile SET bytea_output = 'escape'",
        "ALTER ROLE hostile SET IntervalStyle = 'sql_standard'",
        "ALTER ROLE hostile SET DateStyle = 'German'",
        "ALTER ROLE hostile SET TimeZone = 'Asia/Kolkata'",
        "ALTER ROLE hostile SET extra_float_digits = '-10'",
        "ALTER ROLE hostile SET xmloption = 'document'",
        "ALTER ROLE hostile SET quote_all_identifiers = on",
        "ALTER DATABASE erp SET IntervalStyle = 'iso_8601'",
        "ALTER DATABASE erp SET bytea_output = 'escape'");
    try {
      everyTypeArrives(Map.of("database.user", "hostile"));
    } finally {
      database.execute("ALTER DATABASE erp RESET ALL");
    }
  }

  @Test
  void whateverZoneAndLocaleTheProcessHas() throws Exception {
    TimeZone zone = TimeZone.getDefault();
    Locale locale = Locale.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("America/St_Johns"));
      Locale.setDefault(Locale.forLanguageTag("ar-EG"));
      everyTypeArrives(Map.of());
    } finally {
      TimeZone.setDefault(zone);
      Locale.setDefault(locale);
    }
  }

  private static void everyTypeArrives(Map<String, String> properties) throws Exception {
    List<String[]> lines = TABLE.lines().map(line -> line.split("\\s*\\|\\s*", 3)).toList();
    database.execute("DROP TABLE IF EXISTS typed");
    StringBuilder create = new StringBuilder("CREATE TABLE typed (id serial PRIMARY KEY");
    StringBuilder insert = new StringBuilder("INSERT INTO typed VALUES (DEFAULT");
    Map<String, String> expected = new LinkedHashMap<>();
    expected.put("id", "1");
    for (int i = 0; i < lines.size(); i++) {
      create.append(", c").append(i).append(' ').append(lines.get(i)[0]);
      insert.append(", ").append(lines.get(i)[1]);
      expected.put(
          "c" + i + " " + lines.get(i)[0], lines.get(i)[2].replace("%NINES%", "9".repeat(1000)));
    }
    database.execute(create + ")", "ALTER TABLE typed REPLICA IDENTITY FULL");
    try (Rig rig = new Rig(database, "typed", "public.typed")) {
      rig.properties = properties;
      rig.start();
      database.execute(insert + ")", "UPDATE typed SET id = id", "DELETE FROM typed");
      List<RowChange> rows = rig.awaitRows(3);

      ObjectNode after = Objects.requireNonNull(rows.get(0).after());
      assertThat(named(after, lines)).containsExactlyEntriesOf(expected);
      assertThat(rows.get(1).before()).isEqualTo(after);
      assertThat(rows.get(1).after()).isEqualTo(after);
      assertThat(rows.get(2).before()).isEqualTo(after);
      assertThat(rig.sink.rejected()).isEmpty();
      assertThat(rows.get(0).weight()).isBetween(1_000, 100_000);

      database.execute("ALTER SEQUENCE typed_id_seq RESTART", restarted(lines), insert + ")");
      try (JdbcRowLookup source = new JdbcRowLookup(rig.source())) {
        RowLookup.Query all =
            new RowLookup.Query(TableId.parse("typed"), List.of("id"), ColumnFilter.ALL);
        RowKey key = RowKey.of(after, List.of("id")).orElseThrow();
        for (int i = 0; i < 7; i++) { // from the sixth on the driver gets some types in binary
          ObjectNode read =
              source
                  .read(Set.of(), true, snapshot -> snapshot.rows(all, List.of(key)))
                  .found()
                  .getOrDefault(key, List.of())
                  .getFirst();
          assertThat(named(read, lines)).as("read back").containsExactlyEntriesOf(expected);
          assertThat(read).isEqualTo(after);
        }
      }
    }
  }

  private static Map<String, String> named(ObjectNode row, List<String[]> lines) {
    Map<String, String> named = new LinkedHashMap<>();
    named.put("id", String.valueOf(row.get("id")));
    for (int i = 0; i < lines.size(); i++) {
      JsonNode value = row.get("c" + i);
      named.put("c" + i + " " + lines.get(i)[0], value == null ? "missing" : value.toString());
    }
    return named;
  }

  private static String restarted(List<String[]> lines) {
    StringBuilder sql = new StringBuilder("SELECT 1");
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i)[1].equals("DEFAULT")) {
        sql.append(", setval(pg_get_serial_sequence('typed', 'c").append(i).append("'), 1, false)");
      }
    }
    return sql.toString();
  }
}
