package io.rowhook.journal.sqlite;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.JournalException;
import io.rowhook.journal.JournalException.Kind;
import io.rowhook.journal.SqliteJournal;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are no journal, or none any more; each refusal says which, why and what to do. */
class RefusedJournalTest {

  private static final String LEFT = "; it was left as it is: name another place for the journal";
  private static final int PAGE = 4_096;

  @TempDir Path directory;
  Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("journal.db");
  }

  private void refused(Path path, Kind kind, String rest) {
    assertThatThrownBy(() -> SqliteJournal.open(path).close())
        .isInstanceOf(JournalException.class)
        .hasMessage("journal " + path + ": " + rest)
        .extracting(e -> ((JournalException) e).kind())
        .isEqualTo(kind);
  }

  private String damaged(String finding) {
    return "damaged ("
        + finding
        + "); Rowhook stops rather than make it worse: keep a copy of the file and of what stands"
        + " beside it, then restore a backup, or save what is readable with: sqlite3 "
        + file
        + " .recover";
  }

  /** A journal with a few hundred events, closed. */
  private void fill() throws InterruptedException {
    try (SqliteJournal journal = SqliteJournal.open(file)) {
      journal.begin(EPOCH, lsn(100), Map.of());
      for (int i = 0; i < 300; i++) {
        publish(journal, 200 + i, "" + i);
      }
    }
  }

  private static void sqlite(Path file, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.executeUpdate(sql);
      }
    }
  }

  private static void flipPage(Path file, long page) throws IOException {
    try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
      byte[] bytes = new byte[PAGE];
      raw.seek((page - 1) * PAGE);
      raw.readFully(bytes);
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] ^= (byte) 0xFF;
      }
      raw.seek((page - 1) * PAGE);
      raw.write(bytes);
    }
  }

  private long eventPage() throws InterruptedException {
    try (SqliteJournal journal = SqliteJournal.open(file)) {
      return journal.write(
          sql -> sql.number("SELECT rootpage FROM sqlite_schema WHERE name = 'event'"));
    }
  }

  @Test
  void aMissingDirectory() {
    Path missing = directory.resolve("gone/further/journal.db");
    refused(
        missing,
        Kind.UNWRITABLE,
        "there is no directory "
            + missing.getParent()
            + ", nor the one above it; make it, or name another place for the journal");
    assertThat(directory.resolve("gone")).doesNotExist();
  }

  @Test
  void oneDirectoryIsMadeForItsOwnerAlone() throws IOException {
    Path made = directory.resolve("made/journal.db");
    SqliteJournal.open(made).close();
    assertThat(made).exists();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made.getParent())))
        .isEqualTo("rwx------");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs"})
  void aDiskOfAnotherMachine(String type) {
    assertThat(JournalPlace.refusal(type).orElseThrow())
        .contains("file system of another machine (" + type + ")");
    assertThat(JournalPlace.refusal("ext4")).isEmpty();
    assertThat(JournalPlace.refusal("overlay")).isEmpty();
  }

  @Test
  void whatIsAskedBeforeItIsOpened() throws Exception {
    JournalPlace place = JournalPlace.of(file);
    place.check();
    assertThat(place.isInUse()).isFalse();
    assertThat(file).doesNotExist();
    fill();
    place.checkVersion();
    assertThat(place.isInUse()).isFalse();
    try (SqliteJournal open = SqliteJournal.open(file)) {
      assertThat(place.isInUse()).isTrue();
      assertThat(open.head()).isEqualTo(300);
    }
    sqlite(file, "PRAGMA user_version = 99");
    assertThatThrownBy(place::checkVersion).hasMessageContaining("is of version 99");
  }

  @Test
  void aDirectory() {
    refused(directory, Kind.FOREIGN, "is no file" + LEFT);
  }

  /** Nobody can write in /proc, not even root. */
  @Test
  void aDirectoryThatCannotBeWritten() {
    assertThatThrownBy(() -> SqliteJournal.open(Path.of("/proc/journal.db")))
        .isInstanceOf(JournalException.class)
        .message()
        .matches(
            "journal /proc/journal.db: cannot be written by user "
                + System.getProperty("user.name")
                + " \\((no right to write|\\w+Exception)\\); give that user the right to write the"
                + " file and its directory, on a file system that is mounted writable");
  }

  @Test
  void aTextFile() throws IOException {
    Files.writeString(file, "# notes\n");
    refused(file, Kind.FOREIGN, "is no journal: it does not begin as an SQLite file does" + LEFT);
    assertThat(file).hasContent("# notes\n");
  }

  @Test
  void anotherSqliteFile() throws SQLException {
    sqlite(file, "CREATE TABLE notes (text TEXT)");
    refused(file, Kind.FOREIGN, "is an SQLite file, but no journal" + LEFT);
  }

  @Test
  void aNewerVersion() throws Exception {
    fill();
    sqlite(file, "PRAGMA user_version = 99");
    refused(
        file,
        Kind.FOREIGN,
        "is of version 99, written by a newer Rowhook; this one knows versions up to "
            + SchemaMigrations.CURRENT.version()
            + ": run the newer Rowhook, or restore the backup made before it");
  }

  @Test
  void aTruncatedFile() throws Exception {
    fill();
    try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.setLength(raw.length() / 2);
    }
    refused(file, Kind.DAMAGED, damaged("SQLITE_CORRUPT"));
  }

  @Test
  void flippedBitsAreFoundWhenTheyAreReadAndThenNothingIsWrittenAnyMore() throws Exception {
    fill();
    flipPage(file, eventPage());
    try (SqliteJournal journal = SqliteJournal.open(file)) {
      DeliveryStore store = journal.deliveries("shop");
      String words = "journal " + file + ": " + damaged("SQLITE_CORRUPT");

      assertThatThrownBy(() -> journal.read(0, 10, 1_000)).hasMessage(words);
      assertThatThrownBy(() -> publish(journal, 900, "1")).hasMessage(words);
      assertThatThrownBy(() -> store.advance(1)).hasMessage(words);
      assertThat(journal.standing().orElseThrow()).hasMessage(words);
    }
  }

  @Test
  void flippedBitsAreFoundAtOpeningWhereTheLastRunWasKilled() throws Exception {
    fill();
    long page = eventPage();
    Path copy = Files.createDirectory(directory.resolve("copy")).resolve("journal.db");
    try (SqliteJournal journal = SqliteJournal.open(file)) {
      journal.keepAttributeSet("abc", "name", "source"); // something for the WAL
      for (String suffix : List.of("", "-wal")) {
        Files.copy(
            file.resolveSibling("journal.db" + suffix), copy.resolveSibling("journal.db" + suffix));
      }
    }
    flipPage(copy, page);

    assertThatThrownBy(() -> SqliteJournal.open(copy))
        .isInstanceOf(JournalException.class)
        .hasMessageStartingWith("journal " + copy + ": damaged (")
        .hasMessageContaining("sqlite3 " + copy + " .recover");
  }

  @Test
  void aClosedJournalSaysSo() {
    SqliteJournal journal = SqliteJournal.open(file);
    journal.close();

    String words = "journal " + file + ": closed: Rowhook is stopping";
    assertThatThrownBy(() -> journal.begin(EPOCH, lsn(1), Map.of())).hasMessage(words);
    assertThatThrownBy(() -> journal.find("evt_1")).hasMessage(words);
  }

  @Test
  void onlyItsOwnerMayReadIt() throws IOException {
    SqliteJournal.open(file).close();
    assertThat(
            java.nio.file.attribute.PosixFilePermissions.toString(
                Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }
}
