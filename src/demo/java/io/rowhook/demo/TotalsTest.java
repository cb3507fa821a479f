package io.rowhook.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.admin.receive.VerificationResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** That the demo can fail: on what is missing, too much, twice or not verified. */
class TotalsTest {

  private static final Step STEP =
      new Step("A sale", "UPDATE a").awaits("shop", "article.updated", 2);

  private final Totals totals = new Totals();

  @Test
  void isContentWithExactlyWhatIsExpected() {
    assertThat(
            totals.add(
                STEP,
                List.of(
                    arrival("1", VerificationResult.VERIFIED),
                    arrival("2", VerificationResult.VERIFIED))))
        .isEmpty();
    assertThat(totals.problems()).isEmpty();
    assertThat(totals.expected("shop")).isEqualTo(2);
    assertThat(totals.delivered("shop")).isEqualTo(2);
    assertThat(totals.verified("shop")).isEqualTo("2");
    assertThat(totals.times("shop")).containsExactly(Duration.ofMillis(8), Duration.ofMillis(8));
    assertThat(totals.expected("stock")).isZero();
    assertThat(totals.verified("stock")).isEqualTo("-");
  }

  @Test
  void noticesWhatIsMissing() {
    assertThat(totals.add(STEP, List.of(arrival("1", VerificationResult.VERIFIED))))
        .containsExactly("'A sale': shop expected 2 article.updated, and got 1");
    assertThat(totals.problems()).hasSize(1);
  }

  @Test
  void noticesWhatNobodyExpects() {
    assertThat(
            totals.add(
                new Step("Nothing", "ROLLBACK"),
                List.of(arrival("1", VerificationResult.VERIFIED))))
        .containsExactly("'Nothing': shop expected 0 article.updated, and got 1");
  }

  @Test
  void noticesWhatComesTwice() {
    totals.add(
        STEP,
        List.of(
            arrival("1", VerificationResult.VERIFIED), arrival("1", VerificationResult.VERIFIED)));
    assertThat(totals.problems()).containsExactly("shop article.updated 1 came twice");
  }

  @Test
  void noticesWhatIsNotVerified() {
    totals.add(
        STEP,
        List.of(
            arrival("1", VerificationResult.WRONG), arrival("2", VerificationResult.UNCHECKED)));
    assertThat(totals.problems())
        .containsExactly(
            "shop article.updated 1: signature WRONG",
            "shop article.updated 2: signature present, not checked");
    assertThat(totals.verified("shop")).isEqualTo("0");
  }

  private static Arrival arrival(String id, VerificationResult signature) {
    Instant committed = Instant.parse("2026-05-24T15:20:44.123456Z");
    return new Arrival(
        "shop",
        new ReceivedRequest(
            committed.plusMillis(8),
            "POST",
            "/",
            Map.of(
                "rowhook-topic", List.of("article.updated"),
                "webhook-id", List.of(id),
                "rowhook-committed-at", List.of(committed.toString())),
            "{}".getBytes(StandardCharsets.UTF_8),
            signature,
            VerificationResult.ABSENT,
            VerificationResult.ABSENT,
            200));
  }
}
