package io.rowhook.recipient;

/**
 * What becomes of an update whose request is the same as what the recipient acknowledged last of
 * the entity. As its file names them.
 */
public enum Unchanged {
  /** It is sent. */
  send,
  /** It is not sent. */
  skip
}
