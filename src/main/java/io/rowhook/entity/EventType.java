package io.rowhook.entity;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What happened to an entity, or to Rowhook itself. The names are those that recipients see ({@code
 * docs/templates.md}).
 */
public enum EventType {
  Created,
  Updated,
  Deleted,

  /** Nothing happened: how it is now, for one recipient that is brought up to date. */
  Snapshot,

  // Of Rowhook itself: see OwnEvent.
  RecipientPaused,
  RecipientDisabled,
  RecipientResumed,
  DeliveryFailed,
  BacklogNearLimit,
  BacklogNormal,
  CaptureStalled,
  CaptureRecovered,
  SourceAtRisk,
  SourceSafe,
  Gap,
  SchemaChanged,
  SettingsRefused,
  SettingsGood,
  TemplateFailing,
  TemplateGood,
  DiskLow,
  DiskNormal,
  Summary,

  /** Nothing happened: up to when one recipient has everything. */
  Complete;

  /** What a subscription gets that names no events: all that changes something. */
  public static final Set<EventType> CHANGES =
      Collections.unmodifiableSet(EnumSet.of(Created, Updated, Deleted));

  /** What can happen to an entity of the source. */
  public static final Set<EventType> OF_ENTITIES =
      Collections.unmodifiableSet(EnumSet.range(Created, Snapshot));

  /** What can happen to Rowhook itself. */
  public static final Set<EventType> OWN =
      Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.range(Created, Snapshot)));

  /** What a subscription gets of it that names no events: all that happens. */
  public static final Set<EventType> ALERTS =
      Collections.unmodifiableSet(EnumSet.range(RecipientPaused, Summary));

  /** Whether it happens to Rowhook itself. */
  public boolean isOwn() {
    return OWN.contains(this);
  }
}
