package io.rowhook.recipient;

/** What a recipient is sent that is new. As its file names them. */
public enum Start {
  /** What happens from now on. */
  now,
  /** What is there now as well, once. */
  snapshot
}
