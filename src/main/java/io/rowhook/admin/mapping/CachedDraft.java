package io.rowhook.admin.mapping;

import io.rowhook.admin.init.Draft;
import io.rowhook.admin.init.ImpliedKeys;
import io.rowhook.admin.init.PostgresUri;
import io.rowhook.capture.SourceCatalog;
import io.rowhook.capture.SourceConfig;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What init's rules propose of the source's catalog, kept for a while: reading a large one takes
 * seconds. Any thread; one reading at a time.
 */
final class CachedDraft {

  private static final Duration KEPT = Duration.ofMinutes(1);

  private final SourceConfig source;
  private final ReentrantLock lock = new ReentrantLock();

  // guarded by lock
  private @Nullable Draft draft;
  private long readAt;

  CachedDraft(SourceConfig source) {
    this.source = source;
  }

  /**
   * As it was at most a minute ago.
   *
   * @throws io.rowhook.capture.SourceException if the source cannot be asked
   */
  Draft get() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      Draft kept = draft;
      if (kept == null || System.nanoTime() - readAt > KEPT.toNanos()) {
        kept = read();
        draft = kept;
        readAt = System.nanoTime();
      }
      return kept;
    } finally {
      lock.unlock();
    }
  }

  private Draft read() {
    SourceCatalog catalog = ImpliedKeys.added(SourceCatalog.read(source, false));
    PostgresUri uri =
        new PostgresUri(
            source.server(), "", source.database(), source.user(), Optional.empty(), Map.of());
    return Draft.of(
        catalog,
        Set.of(),
        uri,
        new Draft.Names(source.user(), source.publication(), source.slot()));
  }

  /** The next one is read anew. */
  void forget() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      draft = null;
    } finally {
      lock.unlock();
    }
  }
}
