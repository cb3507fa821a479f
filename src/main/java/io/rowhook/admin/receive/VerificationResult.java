package io.rowhook.admin.receive;

/** What a receiver found when it checked a signature or a user name and password. */
public enum VerificationResult {
  /** Present and right. */
  VERIFIED("verified"),
  /** Present, but not what the secret makes of this request. */
  WRONG("WRONG"),
  /** The right signature of another time: too old, or from the future. */
  STALE("WRONG: its timestamp is more than 5 minutes off"),
  /** Required, and not there. */
  MISSING("absent, but required"),
  /** Not there, and not required. */
  ABSENT("absent"),
  /** There, but the receiver was given nothing to check it with. */
  UNCHECKED("present, not checked");

  private final String words;

  VerificationResult(String words) {
    this.words = words;
  }

  /** As a person reads it. */
  public String words() {
    return words;
  }

  /** Whether the request has to be turned away. */
  public boolean refuses() {
    return this == WRONG || this == STALE || this == MISSING;
  }
}
