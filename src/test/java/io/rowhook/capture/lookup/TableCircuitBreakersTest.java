package io.rowhook.capture.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.TableId;
import io.rowhook.capture.UnreadTable;
import io.rowhook.capture.lookup.LookupFailure.Kind;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;

class TableCircuitBreakersTest {

  private static final TableId LINE = TableId.parse("line");
  private static final TableId ORDER = TableId.parse("orders");

  private final AtomicLong now = new AtomicLong();
  private final TableCircuitBreakers circuits = new TableCircuitBreakers(now::get);

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void aTableIsLeftAloneForLongerEachTimeAndOthersAreNot() {
    assertThat(circuits.closed(LINE)).isEmpty();
    circuits.failed(LINE, "locked", Duration.ofMillis(3));
    assertThat(circuits.closed(LINE)).contains("locked");
    assertThat(circuits.closed(ORDER)).isEmpty();
    assertThat(circuits.open())
        .extracting(UnreadTable::text)
        .containsExactly("public.line: locked");
    pass(TableCircuitBreakers.SHORTEST);
    assertThat(circuits.closed(LINE)).as("it is tried again").isEmpty();
    circuits.failed(LINE, "locked", Duration.ofMillis(3));
    pass(TableCircuitBreakers.SHORTEST);
    assertThat(circuits.closed(LINE)).isPresent();
    pass(TableCircuitBreakers.SHORTEST);
    assertThat(circuits.closed(LINE)).isEmpty();
    circuits.succeeded(LINE);
    assertThat(circuits.open()).isEmpty();
    circuits.failed(LINE, "locked", Duration.ofMillis(3));
    pass(TableCircuitBreakers.SHORTEST);
    assertThat(circuits.closed(LINE)).as("it begins anew").isEmpty();
  }

  @Test
  void whatTakesLongIsTriedLessOftenButNeverGivenUp() {
    for (int i = 0; i < 20; i++) {
      circuits.failed(LINE, "slow", Duration.ofSeconds(20));
    }
    pass(TableCircuitBreakers.LONGEST.minusMillis(1));
    assertThat(circuits.closed(LINE)).isPresent();
    pass(Duration.ofMillis(1));
    assertThat(circuits.closed(LINE)).isEmpty();
  }

  @Test
  void onlyWhereTheSourceCannotBeReachedCaptureWaits() {
    assertThat(of("57P01", "FATAL").kind()).isEqualTo(Kind.CONNECTION);
    assertThat(of("08006", "ERROR").kind()).isEqualTo(Kind.CONNECTION);
    assertThat(of("25P03", "FATAL").kind()).isEqualTo(Kind.CONNECTION);
    assertThat(of("40P01", "ERROR").kind()).isEqualTo(Kind.CONNECTION);
    assertThat(of("42501", "ERROR").kind()).isEqualTo(Kind.RELATION);
    assertThat(of("55P03", "ERROR").kind()).isEqualTo(Kind.RELATION);
    assertThat(of("57014", "ERROR").kind()).isEqualTo(Kind.RELATION);
    assertThat(of("22P02", "ERROR").kind()).isEqualTo(Kind.ROW);
    assertThat(of("54000", "ERROR").kind()).isEqualTo(Kind.ROW);
    assertThat(of("XX001", "ERROR").kind()).isEqualTo(Kind.ROW);
    assertThat(LookupFailure.of(new NumberFormatException("secret")))
        .isEqualTo(new LookupFailure(Kind.ROW, "a value cannot be taken (NumberFormatException)"));
    assertThat(LookupFailure.of(new PSQLException("secret", PSQLState.DATA_ERROR)).reason())
        .doesNotContain("secret");
    assertThat(LookupFailure.of(new SQLException("table line has no column x")).kind())
        .isEqualTo(Kind.RELATION);
  }

  /** PostgreSQL quotes values in messages of the class 22. */
  @Test
  void noValueGetsIntoTheReason() {
    assertThat(of("22P02", "ERROR").reason()).doesNotContain("secret").contains("22P02");
    assertThat(of("42501", "ERROR").reason())
        .isEqualTo("the source says: about secret; rowhook check says what to run");
  }

  private static LookupFailure of(String state, String severity) {
    ServerErrorMessage message =
        new ServerErrorMessage(
            "S%s\0V%s\0C%s\0Mabout secret\0".formatted(severity, severity, state));
    return LookupFailure.of(new PSQLException(message));
  }
}
