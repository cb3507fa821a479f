package io.rowhook.capture;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;

/**
 * A committed transaction of the source, known whole once its END was read.
 *
 * @param end the position of its END: greater than that of every transaction committed before it
 * @param id the source's own, as text
 * @param committedAt when it was committed, by the source's clock, in microseconds
 */
public record Transaction(Position end, String id, Instant committedAt) {

  /**
   * Writes into an event's {@code source} object where in the log its transaction is, in the words
   * of this source: PostgreSQL's position, and its id, which is a number.
   */
  public void writeSource(JsonGenerator json) throws IOException {
    json.writeStringField("lsn", end.toString());
    json.writeFieldName("txId");
    json.writeNumber(id);
  }
}
