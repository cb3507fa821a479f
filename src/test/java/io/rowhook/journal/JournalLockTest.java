package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.journal.JournalException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One Rowhook on one journal; any number of readers beside it. */
class JournalLockTest {

  private static final String WHAT_TO_DO =
      "; one Rowhook runs on one journal: stop that one, or give this one a journal of its own";

  @TempDir Path directory;
  Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("journal.db");
  }

  /** Opens a journal, says so, and holds it until its input ends. */
  static final class Holder {
    public static void main(String[] args) throws IOException {
      try (SqliteJournal journal = SqliteJournal.open(Path.of(args[0]))) {
        System.out.println("open " + journal.head());
        int end = System.in.read();
        System.out.println("closing " + end);
      }
    }
  }

  /** Says whether another process may take the lock that SQLite has on an open file. */
  static final class Other {
    private static final long SHARED = 0x4000_0002L;
    private static final int SHARED_BYTES = 510;

    public static void main(String[] args) throws IOException {
      try (FileChannel channel =
              FileChannel.open(
                  Path.of(args[0]), StandardOpenOption.READ, StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock(SHARED, SHARED_BYTES, false)) {
        System.out.println(lock == null ? "held" : "free");
      }
    }
  }

  private String lock() throws Exception {
    Process other = Child.start(Other.class, List.of(), file.toString());
    try {
      return String.valueOf(Child.output(other).readLine());
    } finally {
      other.destroyForcibly();
    }
  }

  /** To close a file gives up all locks that the process has on it: of an open one none is. */
  @Test
  void toInspectTheJournalThatIsOpenGivesUpNoLock() throws Exception {
    try (SqliteJournal journal = SqliteJournal.open(file)) {
      assertThat(journal.head()).isZero();
      assertThat(lock()).isEqualTo("held");
      assertThat(JournalInspection.of(file, Disks.SYSTEM).inUse()).isTrue();
      assertThat(lock()).isEqualTo("held");
    }
    assertThat(lock()).isEqualTo("free");
  }

  @Test
  void aSecondProcessIsRefusedAndToldWhoHoldsIt() throws Exception {
    Process holder = Child.start(Holder.class, List.of(), file.toString());
    try {
      assertThat(Child.output(holder).readLine()).isEqualTo("open 0");
      assertThatThrownBy(() -> SqliteJournal.open(file))
          .isInstanceOf(JournalException.class)
          .hasMessageMatching(
              "\\Qjournal "
                  + file
                  + ": in use by process "
                  + holder.pid()
                  + " on \\E\\S+ since "
                  + "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ\\Q"
                  + WHAT_TO_DO
                  + "\\E")
          .extracting(e -> ((JournalException) e).kind())
          .isEqualTo(Kind.LOCKED);
    } finally {
      holder.destroyForcibly();
      assertThat(holder.waitFor()).isNotZero();
    }
    SqliteJournal.open(file).close(); // the killed process holds nothing
  }

  @Test
  void aSecondOpeningInOneProcessIsRefusedAndDoesNotLoosenTheFirst() throws Exception {
    try (SqliteJournal first = SqliteJournal.open(file)) {
      assertThat(first.head()).isZero();
      assertThatThrownBy(() -> SqliteJournal.open(file))
          .hasMessage("journal " + file + ": in use by this process itself" + WHAT_TO_DO);

      Process other = Child.start(Holder.class, List.of(), file.toString());
      other.getOutputStream().close();
      assertThat(Child.output(other).readLine()).as("refused").isNull();
      assertThat(other.waitFor()).isNotZero();
    }
    SqliteJournal.open(file).close();
  }

  @Test
  void anSqliteToolReadsAlong() throws Exception {
    try (SqliteJournal journal = SqliteJournal.open(file)) {
      journal.begin(EPOCH, lsn(100), Map.of());
      publish(journal, 200, "1", "2");
      try (Connection tool = DriverManager.getConnection("jdbc:sqlite:" + file);
          ResultSet count = tool.createStatement().executeQuery("SELECT count(*) FROM event")) {
        assertThat(count.getInt(1)).isEqualTo(2);
        publish(journal, 300, "3");
      }
      assertThat(journal.head()).isEqualTo(3);
    }
  }
}
