package io.rowhook.webhook.dispatch;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Entities of which something may stand on disk, so that it is not asked for each: more than there
 * are, never fewer. At most {@link #MOST}; beyond it, every entity may be. Owned by the
 * dispatcher's thread.
 */
final class KnownKeys {

  static final int MOST = 4096;

  private final Set<String> keys = new HashSet<>();
  private boolean any; // every one may be
  private int added; // since they were set

  /** Nothing is known. */
  void anyMayBe() {
    any = true;
    keys.clear();
  }

  /** These, and no others, unless there are too many of them. */
  void set(Collection<String> all) {
    any = all.size() >= MOST;
    added = 0;
    keys.clear();
    if (!any) {
      keys.addAll(all);
    }
  }

  void add(String key) {
    added++;
    if (!any && keys.add(key) && keys.size() >= MOST) {
      anyMayBe();
    }
  }

  /** Whether so many came that most of them may be gone again: it is worth looking. */
  boolean isOld() {
    return added >= MOST;
  }

  boolean mayHave(String key) {
    return any || keys.contains(key);
  }
}
