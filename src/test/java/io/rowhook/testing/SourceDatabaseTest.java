package io.rowhook.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class SourceDatabaseTest {

  @Test
  void keepsItsDataOverStopsAndCrashes() {
    try (SourceDatabase source = SourceDatabase.start()) {
      int port = source.port();
      assertThat(source.query("SHOW wal_level")).isEqualTo("logical");
      assertThat(source.query("SHOW fsync")).isEqualTo("on");
      assertThat(source.query("SHOW synchronous_commit")).isEqualTo("on");
      assertThat(source.query("SELECT current_database()")).isEqualTo("erp");
      source.execute("CREATE TABLE a(b int)", "INSERT INTO a VALUES (1)");

      source.stop();
      assertThatThrownBy(source::connect).hasMessageContaining("refused");
      source.restart();
      assertThat(source.query("SELECT count(*) FROM a")).isEqualTo("1");

      source.execute("INSERT INTO a VALUES (2)");
      source.crash();
      source.restart();
      assertThat(source.query("SELECT count(*) FROM a")).isEqualTo("2");
      assertThat(source.port()).isEqualTo(port);
      assertThat(source.serverLog()).contains("automatic recovery in progress");
      assertThatThrownBy(() -> source.execute("SELECT nothing"))
          .hasMessageContaining("SELECT nothing")
          .hasMessageContaining("does not exist");
    }
  }

  @Test
  void hasAnotherWalLevelOnRequest() {
    try (SourceDatabase source = SourceDatabase.start("replica")) {
      assertThat(source.query("SHOW wal_level")).isEqualTo("replica");
    }
  }
}
