package io.rowhook.admin;

import io.rowhook.journal.SuccessorLock;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Whether another process is to go on in this one's place, which ends for it. Only one that holds
 * the {@link SuccessorLock} can ask: whoever asks by mistake, or is gone by now, ends nothing. Any
 * thread.
 */
public final class HandOver {

  private final Path journal;
  private final boolean alone;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile boolean asked;

  /**
   * @param journal its file
   * @param alone whether the journal is that file alone, and none in Kafka
   */
  public HandOver(Path journal, boolean alone) {
    this.journal = journal;
    this.alone = alone;
  }

  /** Is told when it is asked for; at once where it was already. */
  public void onAsked(Runnable listener) {
    listeners.add(listener);
    if (asked) {
      listener.run();
    }
  }

  /**
   * Asks for it; again does no harm.
   *
   * @throws IllegalStateException if nobody is there to go on, in words
   */
  public void ask() {
    if (!alone) {
      throw new IllegalStateException(
          "the journal is in Kafka: start the new instance beside this one, and stop this one then");
    }
    if (!SuccessorLock.isHeld(journal)) {
      throw new IllegalStateException(
          "nobody is there to go on in its place: it ends only for rowhook run --take-over, which"
              + " asks by itself");
    }
    asked = true;
    listeners.forEach(Runnable::run);
  }

  /** Whether it was asked for: the service is ending, or has ended. */
  public boolean isAsked() {
    return asked;
  }
}
