package io.rowhook.capture.debezium;

import io.rowhook.capture.Position;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.SourceException;
import io.rowhook.capture.Transaction;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the source sends again against the journal: where the slot lies behind the journal,
 * the journal's last transaction must come again, at the same position, before anything after it.
 * If it does not, the log is another than the journal knows, although cluster, timeline and slot
 * are the same: the server went back to a backup or a snapshot, and has grown past the journal's
 * end since. Its new transactions up to there would be taken for old ones. One engine's; that
 * engine's thread.
 */
public final class ReplayVerifier {

  private final SourceConfig source;
  private final Position watermark;
  private final @Nullable Transaction last;
  private boolean awaited;

  private ReplayVerifier(
      SourceConfig source, Position watermark, @Nullable Transaction last, boolean awaited) {
    this.source = source;
    this.watermark = watermark;
    this.last = last;
    this.awaited = awaited;
  }

  /** The slot is where the journal is. */
  public static ReplayVerifier nothing(SourceConfig source) {
    return new ReplayVerifier(source, Position.START, null, false);
  }

  /** The slot lies behind. */
  public static ReplayVerifier upTo(
      SourceConfig source, Position watermark, Optional<Transaction> last) {
    return new ReplayVerifier(source, watermark, last.orElse(null), true);
  }

  /**
   * Whether the log is still to prove itself. Until then nothing may be marked: were the log
   * another one, its transactions before the journal's end would be lost by that.
   */
  boolean awaited() {
    return awaited;
  }

  /**
   * Looks at a transaction before it is used.
   *
   * @throws SourceException a gap
   */
  void look(Transaction transaction) {
    if (!awaited || watermark.isAfter(transaction.end())) {
      return;
    }
    awaited = false;
    if (!transaction.end().equals(watermark) || (last != null && !last.equals(transaction))) {
      throw SourceException.gap(
          "%s: the source did not send again the journal's last transaction, at %s: its log is another than the journal knows; it was restored from a backup or a snapshot, and has grown since. Row changes that came into the journal are not in the source any more, and some of the source's are not in the journal. Connect the server that the journal belongs to; or start once with --accept-gap to go on in a new epoch, and resync what recipients must have"
              .formatted(source.place(), watermark));
    }
  }
}
