package io.rowhook.journal;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What resyncs wait for, in words; of those that run. Any thread. */
final class ResyncNotes {

  private final Map<Long, String> notes = new ConcurrentHashMap<>();

  void note(@Nullable Resync job, String words) {
    if (job != null) {
      notes.put(job.id(), words);
    }
  }

  /** It waits for nothing. */
  void done(Resync job) {
    notes.remove(job.id());
  }

  void clear() {
    notes.clear();
  }

  Optional<String> of(long job) {
    return Optional.ofNullable(notes.get(job));
  }
}
