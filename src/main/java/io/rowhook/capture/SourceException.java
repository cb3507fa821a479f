package io.rowhook.capture;

import java.util.List;

/**
 * The source cannot be captured as it is. Carries every problem found, each a whole sentence that
 * names place, thing, rule and value, and what mends it. Never a row's value, never the password.
 */
public final class SourceException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final List<String> problems;
  private final boolean gap;

  private SourceException(List<String> problems, boolean gap) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
    this.gap = gap;
  }

  /** Problems that an administrator mends; trying again may then do. */
  public static SourceException of(List<String> problems) {
    return new SourceException(problems, false);
  }

  /** The journal and the slot do not fit together: row changes may be missing. A person decides. */
  public static SourceException gap(String problem) {
    return new SourceException(List.of(problem), true);
  }

  public List<String> problems() {
    return problems;
  }

  /** Whether row changes may be missing, so that only {@code --accept-gap} goes on. */
  public boolean isGap() {
    return gap;
  }
}
