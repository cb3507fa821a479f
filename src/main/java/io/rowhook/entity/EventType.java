package io.rowhook.entity;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What happened to an entity. The names are those that recipients see ({@code docs/templates.md}).
 */
public enum EventType {
  Created,
  Updated,
  Deleted,

  /** Nothing happened: how it is now, for one recipient that is brought up to date. */
  Snapshot;

  /** What a subscription gets that names no events: all that changes something. */
  public static final Set<EventType> CHANGES =
      Collections.unmodifiableSet(EnumSet.of(Created, Updated, Deleted));
}
