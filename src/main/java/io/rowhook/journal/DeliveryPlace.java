package io.rowhook.journal;

import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.tables.EventDao;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the delivery store has of one delivery.
 *
 * @param refusal in words: nothing
 * @param stands whether it is an exception
 * @param before the earliest open one of its entity before it, if it is Blocked behind that
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record DeliveryPlace(
    @Nullable String refusal, byte[] entityKey, boolean stands, @Nullable Long before) {

  private static final String BEFORE_IT =
      "SELECT min(sequence) FROM delivery INDEXED BY delivery_entity WHERE recipient = ?"
          + " AND entity_key = ? AND state <> 'failed' AND sequence < ?";

  static DeliveryPlace of(SqliteSession sql, String recipient, long number, long sequence)
      throws SQLException {
    Optional<byte[]> key =
        sql.first(
            "SELECT entity_type, entity_id FROM event WHERE sequence = ? AND sequence <= "
                + EventDao.HEAD,
            row -> (row.getString(1) + '\0' + row.getString(2)).getBytes(StandardCharsets.UTF_8),
            sequence);
    if (key.isEmpty()) {
      return refused("event " + sequence + " is not in the journal, or not any more");
    }
    Optional<String> state =
        sql.first(
            "SELECT state FROM delivery WHERE recipient = ? AND sequence = ?",
            row -> row.getString(1),
            number,
            sequence);
    boolean attempted =
        sql.number(
                "SELECT count(*) FROM attempt WHERE recipient = ? AND sequence = ?",
                number,
                sequence)
            > 0;
    if (state.isEmpty() && !attempted) {
      boolean ahead = sql.number("SELECT cursor FROM recipient WHERE id = ?", number) < sequence;
      return new DeliveryPlace(
          words(recipient, sequence)
              + (ahead
                  ? " has not been attempted yet: it goes out in its turn if it is wanted"
                  : " was never due: it was not wanted, or is older than the recipient. replay"
                      + " sends it all the same if it is wanted now"),
          key.get(),
          false,
          null);
    }
    long before = sql.number(BEFORE_IT, number, key.get(), sequence);
    boolean isBehind = state.isPresent() && state.get().equals("blocked") && before > 0;
    return new DeliveryPlace(null, key.get(), state.isPresent(), isBehind ? before : null);
  }

  private static DeliveryPlace refused(String words) {
    return new DeliveryPlace(words, new byte[0], false, null);
  }

  static String words(String recipient, long sequence) {
    return "delivery " + sequence + " to " + recipient;
  }
}
