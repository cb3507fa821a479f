package io.rowhook.journal;

import java.time.Instant;
import java.util.Locale;

/**
 * Something that was done to the service, and by whom. Holds no secret and no value of the source.
 *
 * @param number grows with time
 * @param at by this machine's clock
 * @param actor {@code command erp}, {@code api operate 10.0.0.7}, {@code file}, {@code rowhook}
 * @param subject what it was done to, by name; may be empty
 * @param detail in words; may be empty
 */
public record AuditEntry(
    long number, Instant at, String actor, Action action, String subject, String detail) {

  /** What was done. */
  public enum Action {
    SERVICE_STARTED,
    SERVICE_STOPPED,
    GAP_ACCEPTED,
    MISSING_ACCEPTED,
    SETTINGS_CHANGED,
    RECIPIENT_CREATED,
    RECIPIENT_REPLACED,
    RECIPIENT_DELETED,
    TEMPLATE_CREATED,
    TEMPLATE_REPLACED,
    TEMPLATE_DELETED,
    ENTITIES_REPLACED,
    GOLDEN_CASE_KEPT,
    RECIPIENT_PAUSED,
    RECIPIENT_RESUMED,
    RECIPIENT_FORGOTTEN,
    KILL_SWITCH_SET,
    KILL_SWITCH_CLEARED,
    DELIVERIES_REDELIVERED,
    DELIVERIES_REPLAYED,
    DELIVERIES_DISCARDED,
    RESYNC_BEGUN,
    RESYNC_CANCELLED,
    AUDIT_BEGUN,
    AUDIT_CANCELLED,
    ENTITY_ERASED;

    /** {@code recipient.paused}, {@code kill-switch.set}: as people and programs see it. */
    public String text() {
      String lower = name().toLowerCase(Locale.ROOT);
      int last = lower.lastIndexOf('_');
      return lower.substring(0, last).replace('_', '-') + "." + lower.substring(last + 1);
    }

    /** The reverse of {@link #text}. */
    public static Action of(String text) {
      for (Action action : values()) {
        if (action.text().equals(text)) {
          return action;
        }
      }
      throw new IllegalArgumentException("no action: " + text);
    }
  }
}
