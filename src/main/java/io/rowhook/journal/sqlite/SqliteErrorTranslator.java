package io.rowhook.journal.sqlite;

import io.rowhook.journal.JournalException;
import io.rowhook.journal.JournalException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Puts what SQLite and the file system answer into words: which journal, what is wrong, what to do.
 */
public final class SqliteErrorTranslator {

  /** SQLite's extended result codes carry the primary one in their last byte. */
  private static final int PRIMARY = 0xFF;

  private final Path file;

  SqliteErrorTranslator(Path file) {
    this.file = file;
  }

  /** What SQLite said, in words. */
  public JournalException of(SQLException cause) {
    if (!(cause instanceof SQLiteException sqlite)) {
      return new JournalException(Kind.REFUSED, words(refusal(cause)), cause);
    }
    SQLiteErrorCode code = sqlite.getResultCode();
    return switch (SQLiteErrorCode.getErrorCode(code.code & PRIMARY)) {
      case SQLITE_FULL -> new JournalException(Kind.FULL, words(full(code.name())), cause);
      case SQLITE_BUSY, SQLITE_LOCKED ->
          new JournalException(Kind.LOCKED, words(locked(code.name())), cause);
      case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH ->
          new JournalException(Kind.UNWRITABLE, words(unwritable(code.name())), cause);
      case SQLITE_IOERR ->
          // Asked of an open file, a system that refuses to write it and a broken disk answer
          // alike.
          new JournalException(
              Kind.UNWRITABLE,
              words(Files.isWritable(file) ? disk(code.name()) : unwritable(code.name())),
              cause);
      case SQLITE_CORRUPT, SQLITE_NOTADB ->
          new JournalException(Kind.DAMAGED, words(damagedAs(code.name())), cause);
      default -> new JournalException(Kind.REFUSED, words(refusal(cause)), cause);
    };
  }

  /** A file or directory that could not be opened for writing. */
  public JournalException of(IOException cause) {
    String what = cause.getClass().getSimpleName();
    return new JournalException(Kind.UNWRITABLE, words(unwritable(what)), cause);
  }

  /** Found by a check, not by a failing request. */
  JournalException damaged(String finding) {
    return new JournalException(Kind.DAMAGED, words(damagedAs(finding)));
  }

  JournalException unwritable() {
    return new JournalException(Kind.UNWRITABLE, words(unwritable("no right to write")));
  }

  JournalException closed() {
    return new JournalException(Kind.CLOSED, words("closed: Rowhook is stopping"));
  }

  /** Any other words about this journal. */
  public String words(String rest) {
    return "journal " + file + ": " + rest;
  }

  private static String full(String code) {
    return "its disk is full ("
        + code
        + "); nothing is lost, Rowhook goes on by itself once there is space: free some there, or"
        + " move the journal to a larger disk";
  }

  private static String locked(String code) {
    return "another process keeps it locked ("
        + code
        + "); end what has it open for writing, such as a sqlite3 tool in a transaction";
  }

  private static String unwritable(String what) {
    return "cannot be written by user "
        + System.getProperty("user.name")
        + " ("
        + what
        + "); give that user the right to write the file and its directory, on a file system that"
        + " is mounted writable";
  }

  private static String disk(String code) {
    return "its disk answers with errors ("
        + code
        + "); look for the reason in the system's log, and mend or replace the disk";
  }

  private String damagedAs(String finding) {
    return "damaged ("
        + finding
        + "); Rowhook stops rather than make it worse: keep a copy of the file and of what stands"
        + " beside it, then restore a backup, or save what is readable with: sqlite3 "
        + file
        + " .recover";
  }

  private static String refusal(SQLException cause) {
    return "refused a request (" + cause.getMessage() + "); this is a fault in Rowhook: report it";
  }
}
