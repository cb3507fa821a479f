package io.rowhook.capture.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.Lsn;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Where the last record ended, of where the next is written: as PostgreSQL lays out its log, with
 * pages of 8 KB that begin with 24 bytes, and files of 16 MB whose first page begins with 40.
 */
@Tag("feature-71")
class CompletenessSamplerTest {

  @ParameterizedTest
  @CsvSource({
    "0/1000000, 0/1000000", // at a file's end
    "0/1000028, 0/1000000", // behind the header of a new file
    "0/1000030, 0/1000030", // a record's end in its first page
    "0/1002018, 0/1002000", // behind the header of a new page
    "0/1002020, 0/1002020", // a record's end that goes on in that page
    "0/1002028, 0/1002028", // which is no file's first
    "0/1000018, 0/1000018", // nothing can end inside a file's header, and nothing is made of it
    "2/FF0187A8, 2/FF0187A8",
    "FFFFFFFF/FF000028, FFFFFFFF/FF000000",
  })
  void isBeforeTheHeaderThatNothingFollowsYet(String next, String end) {
    assertThat(CompletenessSampler.end(Lsn.parse(next), 8192, 16 << 20)).isEqualTo(Lsn.parse(end));
  }
}
