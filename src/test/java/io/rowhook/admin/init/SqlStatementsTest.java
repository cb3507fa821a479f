package io.rowhook.admin.init;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The statements of {@code setup.sql} are taken apart as PostgreSQL would. */
class SqlStatementsTest {

  @Test
  void statementsAreTakenApartWhereSqlEndsThem() {
    assertThat(
            SqlStatements.of(
                "-- a; b\nSELECT ';';\n/* ; */ DO $x$ BEGIN; END $x$;SELECT \"a;\"\"b\" -- c;\n"))
        .containsExactly("SELECT ';'", "DO $x$ BEGIN; END $x$", "SELECT \"a;\"\"b\"");
  }
}
