package io.rowhook.admin.api;

/** What one must be allowed to have something done; each has those before it too. */
public enum Right {
  /** Nothing: probes carry no token. */
  anybody,
  /** To look. */
  read,
  /** To change what is sent, to whom, and how. */
  operate;

  /** Whether it is enough for what needs another. */
  public boolean covers(Right needed) {
    return compareTo(needed) >= 0;
  }
}
