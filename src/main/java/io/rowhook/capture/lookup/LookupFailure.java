package io.rowhook.capture.lookup;

import io.rowhook.capture.MissingGrant;
import io.rowhook.capture.connection.OversizedRows;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Why rows could not be read back, and what follows from it. Immutable.
 *
 * @param kind what it is the fault of
 * @param reason in words, without values: PostgreSQL quotes these in some of its messages
 */
public record LookupFailure(Kind kind, String reason) {

  /** What a failure is the fault of. */
  enum Kind {
    /** Nothing can be read: capture waits for the source. */
    CONNECTION,
    /** Nothing of this table can be read now. */
    RELATION,
    /** Some row or key: the others can be read. */
    ROW
  }

  /** A dead lock, or a conflict with recovery: the same again may do. */
  private static final Set<String> AGAIN = Set.of("40001", "40P01", "40003");

  /** {@code lock_not_available}. */
  public static final String LOCKED = "55P03";

  private static final String NOT_ALLOWED = "42501";
  private static final String CANCELED = "57014";

  /** Judges what a statement has thrown. */
  static LookupFailure of(Throwable failure) {
    return of(failure, Optional.empty());
  }

  /**
   * The same.
   *
   * @param missing the right that the role lacks, as far as it is known
   */
  static LookupFailure of(Throwable failure, Optional<MissingGrant> missing) {
    if (!(failure instanceof SQLException sql)) {
      return new LookupFailure(
          Kind.ROW, "a value cannot be taken (" + failure.getClass().getSimpleName() + ")");
    }
    String state = sql.getSQLState();
    if (state == null) {
      return new LookupFailure(Kind.RELATION, String.valueOf(sql.getMessage())); // our own words
    }
    ServerErrorMessage server = server(sql);
    if (isOfConnection(state, server)) {
      return new LookupFailure(Kind.CONNECTION, String.valueOf(sql.getMessage()));
    }
    if (OversizedRows.ROW.equals(state) && server != null) {
      return new LookupFailure(Kind.ROW, String.valueOf(server.getMessage())); // our own words
    }
    if (LOCKED.equals(state)) {
      return new LookupFailure(Kind.RELATION, "the table is locked by another session");
    }
    if (CANCELED.equals(state)) {
      return new LookupFailure(
          Kind.RELATION, "the statement took too long; is there an index on the key?");
    }
    if (state.equals(NOT_ALLOWED)) {
      String words = server == null ? sql.getMessage() : server.getMessage();
      return new LookupFailure(
          Kind.RELATION,
          "the source says: "
              + words
              + missing
                  .map(right -> "; run " + right.statement())
                  .orElse("; rowhook check says what to run"));
    }
    if (state.startsWith("42")) { // of names, types and rights; these messages have no values
      String words = server == null ? sql.getMessage() : server.getMessage();
      return new LookupFailure(Kind.RELATION, "the source says: " + words);
    }
    return new LookupFailure(
        Kind.ROW, "the source refuses it with SQLSTATE " + state + wordsOf(state));
  }

  /**
   * Whether a column, a type or a right is not as the statement has it: the table may have been
   * altered, or a right taken away.
   */
  static boolean isOfCatalog(Throwable failure) {
    return failure instanceof SQLException sql
        && (sql.getSQLState() == null || sql.getSQLState().startsWith("42"));
  }

  /** Whether it is of a lock, or of what the server is short of at present. */
  static boolean mayPass(SQLException failure) {
    String state = failure.getSQLState();
    return LOCKED.equals(state) || (state != null && state.startsWith("53"));
  }

  /** What classes of SQLSTATE mean whose messages may hold values. */
  private static String wordsOf(String state) {
    return switch (state) {
      case "22012" -> ", a division by zero";
      case "22003" -> ", a number out of range";
      case "22P02", "22007" -> ", a text that is no such value";
      default -> "";
    };
  }

  private static boolean isOfConnection(String state, @Nullable ServerErrorMessage server) {
    String severity = server == null ? null : server.getSeverity();
    return state.startsWith("08")
        || state.startsWith("57P")
        || AGAIN.contains(state)
        || "FATAL".equals(severity)
        || "PANIC".equals(severity);
  }

  private static @Nullable ServerErrorMessage server(SQLException failure) {
    return failure instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
  }
}
