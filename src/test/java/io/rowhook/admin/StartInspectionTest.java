package io.rowhook.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.base.Finding;
import io.rowhook.base.Finding.Area;
import io.rowhook.base.Finding.Severity;
import org.junit.jupiter.api.Test;

/** What is found at the start is said in a line of the log. */
class StartInspectionTest {

  private static String line(String what, String means, String mend) {
    return StartInspection.line(new Finding(Severity.error, Area.tables, what, means, mend));
  }

  @Test
  void sentencesEndOnce() {
    assertThat(line("a is b", "c is not told", "Run x;"))
        .isEqualTo("a is b. c is not told. -> Run x;");
    assertThat(line("mend it by ALTER TABLE t;", "c is not told.", "Write\n d."))
        .isEqualTo("mend it by ALTER TABLE t; c is not told. -> Write d.");
    assertThat(line("a is b.", "", "")).isEqualTo("a is b.");
    assertThat(line("a is b", "", "Run x;")).isEqualTo("a is b. -> Run x;");
  }
}
