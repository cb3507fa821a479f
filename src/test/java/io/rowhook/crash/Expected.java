package io.rowhook.crash;

/**
 * An event that a committed transaction must make.
 *
 * @param event Created, Updated or Deleted
 * @param version {@code data.version}: of the row as it is; as it last was, for a Deleted
 * @param before {@code previous.version} of an Updated; 0 otherwise
 */
record Expected(String event, long version, long before) {

  @Override
  public String toString() {
    return event + " v" + version + (before == 0 ? "" : " from v" + before);
  }
}
