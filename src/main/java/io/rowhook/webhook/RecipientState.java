package io.rowhook.webhook;

import io.rowhook.journal.Pause;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a recipient is at, in the words that the API, the status, metrics and alerts have for it;
 * one of these holds.
 */
public enum RecipientState {
  /** It is sent to as events come; also where it failed and its next delivery tries it again. */
  active,
  /** Too many attempts failed; it is tried again by itself. */
  paused_failures,
  /** It answered 410: a person ends it. */
  paused_gone,
  /** Retries are used up, and its file says to stop then: a person ends it. */
  paused_exhausted,
  /** A person has paused it. */
  paused_person,
  /** Its dispatcher cannot work: the journal does not. */
  hindered,
  /** It has no file, or none that was ever good, and keeps its place in the journal. */
  no_file;

  /**
   * Of the one that a dispatcher serves.
   *
   * @param dispatcher null: none does
   */
  public static RecipientState of(@Nullable DispatcherStatus dispatcher) {
    if (dispatcher == null || dispatcher.state() == DispatcherStatus.State.closed) {
      return no_file;
    }
    if (dispatcher.state() == DispatcherStatus.State.hindered) {
      return hindered;
    }
    Pause pause = dispatcher.pause();
    return pause == null || dispatcher.awaitsProbe() ? active : of(pause);
  }

  /**
   * Of one that another instance serves, or that is just taken over, as far as the journal knows.
   *
   * @param hasFile whether it has a file here, as it has there
   */
  public static RecipientState elsewhere(boolean hasFile, Optional<Pause> pause) {
    return hasFile ? pause.map(RecipientState::of).orElse(active) : no_file;
  }

  private static RecipientState of(Pause pause) {
    return switch (pause.kind()) {
      case failures -> paused_failures;
      case gone -> paused_gone;
      case exhausted -> paused_exhausted;
      case person -> paused_person;
    };
  }
}
