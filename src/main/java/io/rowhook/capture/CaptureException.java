package io.rowhook.capture;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stops the engine, unmarked; a new one follows. Never retriable in Connect's sense. Also finds the
 * words for what stopped an engine: never a row's value, which some libraries quote.
 */
public final class CaptureException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public CaptureException(String message) {
    super(message);
  }

  public CaptureException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The sentence for the log and the status. */
  static String reason(@Nullable Throwable failure) {
    if (failure == null) {
      return "the engine ended by itself";
    }
    List<Throwable> chain = chain(failure);
    for (Throwable link : chain) {
      String name = link.getClass().getName();
      boolean wrapped = link instanceof CaptureException && link.getCause() != null;
      if (name.startsWith("io.rowhook.") && !wrapped) {
        return String.valueOf(link.getMessage());
      }
      if (name.startsWith("org.postgresql.")) {
        return "the source says: " + link.getMessage();
      }
      if (name.startsWith("java.time.") || link instanceof IllegalArgumentException) {
        StackTraceElement[] at = link.getStackTrace();
        return "the engine failed with %s%s; its message is not shown, as it may quote a row"
            .formatted(link.getClass().getSimpleName(), at.length == 0 ? "" : " in " + at[0]);
      }
    }
    Throwable root = chain.getLast();
    return "the engine failed with " + root.getClass().getSimpleName() + ": " + root.getMessage();
  }

  /** The cause of this kind, if there is one. */
  static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> kind) {
    return chain(failure).stream().filter(kind::isInstance).map(kind::cast).findFirst();
  }

  /** Whether rows cannot be read since there was no such publication when they were written. */
  static boolean lacksPublication(Throwable failure, String publication) {
    return find(failure, SQLException.class)
        .filter(e -> "42704".equals(e.getSQLState())) // undefined_object
        .filter(e -> String.valueOf(e.getMessage()).contains("\"" + publication + "\""))
        .isPresent();
  }

  private static List<Throwable> chain(Throwable failure) {
    List<Throwable> chain = new ArrayList<>();
    Set<Throwable> known = Collections.newSetFromMap(new IdentityHashMap<>());
    Throwable link = failure;
    while (link != null && known.add(link)) {
      chain.add(link);
      link = link.getCause();
    }
    return chain;
  }
}
