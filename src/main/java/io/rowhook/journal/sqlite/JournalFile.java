package io.rowhook.journal.sqlite;

import io.rowhook.journal.JournalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/**
 * The journal's file: made, checked, locked against a second Rowhook and brought to the current
 * version, before anything reads or writes it. Hands out connections.
 *
 * <p>Native memory is bounded: the caches below, no memory mapping but the WAL's own index.
 */
public final class JournalFile implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(JournalFile.class);

  /** How long SQLite waits for another process's lock before it says so. */
  private static final int BUSY_MILLIS = 2_000;

  private static final int WRITE_CACHE_KIB = 4_096;
  private static final int READ_CACHE_KIB = 512;

  /**
   * Pages in the WAL before they are moved into the journal: 16 MB; more, and each page less often.
   */
  private static final int CHECKPOINT_PAGES = 4_096;

  /** What the WAL may keep on disk once its content has moved to the journal. */
  private static final long WAL_KEPT_BYTES = 64L << 20;

  /**
   * Up to this size a journal is checked when the last run did not close it (a kill, a power cut):
   * about a second. A larger one is not: a restart must not take minutes, SQLite's recovery is
   * sound by itself, and damage shows when the page is read.
   */
  private static final long CHECKED_BYTES = 256L << 20;

  private final Path file;
  private final SqliteErrorTranslator errors;
  private final ProcessLock lock;
  private final SqliteSession writer;

  private JournalFile(
      Path file, SqliteErrorTranslator errors, ProcessLock lock, SqliteSession writer) {
    this.file = file;
    this.errors = errors;
    this.lock = lock;
    this.writer = writer;
  }

  /**
   * Opens a journal, or makes a new one.
   *
   * @throws JournalException if it cannot be, in words
   */
  public static JournalFile open(Path path, SchemaMigrations schemaMigrations) {
    Path file = path.toAbsolutePath().normalize();
    SqliteErrorTranslator errors = new SqliteErrorTranslator(file);
    JournalPlace place = new JournalPlace(file, errors);
    try {
      place.check();
      place.make();
    } catch (IOException e) {
      throw errors.of(e);
    }
    ProcessLock lock = ProcessLock.take(file, errors);
    try {
      boolean unclean = isUnclean(file);
      return new JournalFile(file, errors, lock, writer(file, schemaMigrations, unclean, errors));
    } catch (SQLException e) {
      lock.close();
      throw errors.of(e);
    } catch (IOException e) {
      lock.close();
      throw errors.of(e);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** Looks at the file before SQLite does; makes it where there is none. */
  private static boolean isUnclean(Path file) throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(file, JournalPlace.ownerOnly("rw-------"));
      return false;
    }
    if (Files.size(file) == 0) {
      return false;
    }
    Path wal = file.resolveSibling(file.getFileName() + "-wal");
    return Files.exists(wal) && Files.size(wal) > 0 && Files.size(file) <= CHECKED_BYTES;
  }

  private static SqliteSession writer(
      Path file, SchemaMigrations schemaMigrations, boolean check, SqliteErrorTranslator errors)
      throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    config.setGetGeneratedKeys(false);
    SqliteSession sql = new SqliteSession(config.createConnection("jdbc:sqlite:" + file));
    try {
      identify(sql, file, errors);
      sql.list("PRAGMA journal_mode = WAL", row -> row.getString(1));
      sql.script("PRAGMA synchronous = FULL");
      sql.script("PRAGMA foreign_keys = OFF");
      sql.script("PRAGMA cache_size = -" + WRITE_CACHE_KIB);
      sql.list("PRAGMA mmap_size = 0", row -> row.getLong(1));
      sql.list("PRAGMA journal_size_limit = " + WAL_KEPT_BYTES, row -> row.getLong(1));
      sql.list("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES, row -> row.getLong(1));
      if (check) {
        quickCheck(sql, file, errors);
      }
      schemaMigrations.migrate(sql, errors);
      return sql;
    } catch (SQLException | RuntimeException e) {
      sql.close();
      throw e;
    }
  }

  private static void identify(SqliteSession sql, Path file, SqliteErrorTranslator errors)
      throws SQLException {
    long id = sql.number("PRAGMA application_id");
    if (id == SchemaMigrations.APPLICATION_ID) {
      return;
    }
    if (id != 0 || sql.number("SELECT count(*) FROM sqlite_schema") > 0) {
      throw new JournalPlace(file, errors).foreign("is an SQLite file, but no journal");
    }
    // Both only take effect while the file is empty, so before WAL mode writes its first page.
    sql.script("PRAGMA auto_vacuum = INCREMENTAL");
    sql.script("PRAGMA application_id = " + SchemaMigrations.APPLICATION_ID);
  }

  private static void quickCheck(SqliteSession sql, Path file, SqliteErrorTranslator errors)
      throws SQLException {
    LOG.info("journal {}: was not closed by its last run; checking it", file);
    List<String> findings = sql.list("PRAGMA quick_check(1)", row -> row.getString(1));
    if (!findings.equals(List.of("ok"))) {
      throw errors.damaged("PRAGMA quick_check: " + findings.getFirst().strip());
    }
  }

  Path file() {
    return file;
  }

  /** Where the changes of a large transaction are while it is open. */
  public Path spillPath() {
    return file.resolveSibling(file.getFileName() + "-spill");
  }

  /** A new file for them, which nothing is forced to the disk of. */
  public SqliteSession spill(List<String> tables) throws SQLException {
    try {
      Files.deleteIfExists(spillPath());
      Files.createFile(spillPath(), JournalPlace.ownerOnly("rw-------"));
    } catch (IOException e) {
      throw errors.of(e);
    }
    SqliteSession sql =
        new SqliteSession(new SQLiteConfig().createConnection("jdbc:sqlite:" + spillPath()));
    sql.list("PRAGMA journal_mode = OFF", row -> row.getString(1));
    sql.script("PRAGMA synchronous = OFF");
    sql.script("PRAGMA cache_size = -" + WRITE_CACHE_KIB);
    for (String table : tables) {
      sql.script(table);
    }
    return sql;
  }

  public SqliteErrorTranslator errors() {
    return errors;
  }

  /** The one connection that writes; belongs to the writer's thread once that is started. */
  public SqliteSession writer() {
    return writer;
  }

  /** A new connection that can only read. */
  SqliteSession reader() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(BUSY_MILLIS);
    SqliteSession sql = new SqliteSession(config.createConnection("jdbc:sqlite:" + file));
    sql.script("PRAGMA cache_size = -" + READ_CACHE_KIB);
    sql.list("PRAGMA mmap_size = 0", row -> row.getLong(1));
    return sql;
  }

  /**
   * Closes the writer, which moves the WAL into the journal, and lets go of the lock. Readers
   * first.
   */
  @Override
  public void close() {
    try {
      writer.close();
    } catch (SQLException e) {
      LOG.warn("{}", errors.of(e).getMessage());
    } finally {
      lock.close();
    }
  }
}
