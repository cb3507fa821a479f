package io.rowhook.settings;

import java.util.List;

/** An edit of a settings file that was not made; nothing was written. */
public final class EditRefusedException extends Exception {

  private static final long serialVersionUID = 1;

  /** Why an edit is refused. */
  public enum Reason {
    /** There is no such file. */
    UNKNOWN,
    /** The name is none that such a file can have. */
    NAME,
    /** It was to be created, and is there. */
    EXISTS,
    /** The edit does not say which content it is of. */
    UNCONDITIONAL,
    /** The file has been edited since it was read. */
    STALE,
    /** What it would hold is not good. */
    INVALID,
    /** The source is not ready for it. */
    SOURCE,
    /** The file is not to be edited here, or cannot be written. */
    READ_ONLY,
    /** Whoever asks may not have it done. */
    FORBIDDEN,
    /** Other settings are being put in force. */
    BUSY
  }

  private final Reason reason;

  @SuppressWarnings("serial") // never serialized
  private final List<SettingsProblem> problems;

  /**
   * @param words what is wrong and what to do, without values
   */
  public EditRefusedException(Reason reason, String words) {
    this(reason, words, List.of());
  }

  /** The same with each thing that is wrong in the content. */
  public EditRefusedException(Reason reason, String words, List<SettingsProblem> problems) {
    super(words);
    this.reason = reason;
    this.problems = List.copyOf(problems);
  }

  public Reason reason() {
    return reason;
  }

  /** What is wrong in the content; empty where that is not the reason. */
  public List<SettingsProblem> problems() {
    return problems;
  }
}
