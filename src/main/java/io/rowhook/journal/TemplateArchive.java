package io.rowhook.journal;

import java.util.Optional;
import java.util.Set;

/** The sources of attribute sets that were ever in force. Any thread. */
public interface TemplateArchive {

  /**
   * Keeps the source of an attribute set under its hash, so that what was sent can be shown again.
   */
  void keepAttributeSet(String hash, String name, String source);

  /** The source of an attribute set by its hash. */
  Optional<String> attributeSet(String hash);

  /** Records which of the attribute sets kept are in force from now on, by hash. */
  void attributeSetsInForce(Set<String> hashes);

  /** Returns the hashes recorded last, also by the process before. */
  Set<String> attributeSetsInForce();
}
