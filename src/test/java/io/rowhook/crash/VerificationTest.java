package io.rowhook.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The verification finds each kind of fault; one that finds none would prove nothing. */
class VerificationTest {

  private static final Expected CREATED = new Expected("Created", 1, 0);
  private static final Expected UPDATED = new Expected("Updated", 2, 1);
  private static final Expected DELETED = new Expected("Deleted", 2, 0);
  private static final Map<String, List<Expected>> TRUTH =
      Map.of("Article/1", List.of(CREATED, UPDATED, DELETED), "Order/1", List.of(CREATED));

  private static final Arrival A1 = arrival("a1", "Article/1", CREATED, 1);
  private static final Arrival A2 = arrival("a2", "Article/1", UPDATED, 2);
  private static final Arrival A3 = arrival("a3", "Article/1", DELETED, 4);
  private static final Arrival O1 = arrival("o1", "Order/1", CREATED, 3);

  @Test
  void findsNothingWhereNothingIsWrong() {
    assertThat(parallel(A1, A2, O1, A3)).isEmpty();
    assertThat(parallel(O1, A1, A2, A3)).isEmpty();
    assertThat(parallel(A1, A2, A1, A2, O1, A3, A3)).isEmpty();
    assertThat(parallel(refused(A1), A1, A2, O1, A3)).isEmpty();
    assertThat(sequential(A1, A2, O1, A3)).isEmpty();
    assertThat(sequential(A1, A2, A1, A2, O1, O1, A3)).isEmpty();
    assertThat(Verification.repeats(List.of(A1, A1, A2, A1))).isEqualTo(2);
  }

  @Test
  void findsWhatNeverCame() {
    assertThat(parallel(A1, A2, A3)).containsExactly("shop: Order/1: never came: [Created v1]");
    assertThat(parallel(A1, A3, O1))
        .containsExactly("shop: Article/1: never came: [Updated v2 from v1]");
    assertThat(parallel()).hasSize(2);
  }

  @Test
  void findsWhatNobodyDid() {
    assertThat(parallel(A1, A2, O1, A3, arrival("x", "Order/9", CREATED, 9)))
        .containsExactly("shop: Order/9: nobody did this: [Created v1]");
    assertThat(parallel(A1, A2, O1, A3, arrival("x", "Order/1", UPDATED, 9)))
        .containsExactly("shop: Order/1: nobody did this: [Updated v2 from v1]");
  }

  @Test
  void findsAWrongVersionBefore() {
    Arrival skipped = arrival("a2", "Article/1", new Expected("Updated", 2, 0), 2);
    assertThat(parallel(A1, skipped, O1, A3))
        .containsExactly(
            "shop: Article/1: never came: [Updated v2 from v1]",
            "shop: Article/1: nobody did this: [Updated v2]");
  }

  @Test
  void findsAWrongOrder() {
    assertThat(parallel(A1, A3, A2, O1)).anyMatch(fault -> fault.contains("wrong order"));
    assertThat(sequential(A1, A2, A3, O1))
        .containsExactly(
            "shop: Order/1 Created v1 (o1, sequence 3): came after sequence 4, out of order");
  }

  @Test
  void findsOneThatCameBeforeTheOneBeforeItWasAccepted() {
    assertThat(parallel(refused(A1), A2, A1, O1, A3))
        .containsExactly(
            "shop: Article/1 Updated v2 from v1 (a2, sequence 2): came before the event before it,"
                + " a1, was accepted");
    assertThat(sequential(A1, A2, refused(O1), A3, O1))
        .containsExactly(
            "shop: Article/1 Deleted v2 (a3, sequence 4): came before o1, the one before it, was"
                + " accepted");
  }

  @Test
  void findsOneThatWasNeverAccepted() {
    assertThat(parallel(A1, A2, refused(O1), A3))
        .containsExactly("shop: 1 events arrived and were never accepted");
  }

  @Test
  void findsAnotherIdForTheSameEvent() {
    assertThat(parallel(A1, arrival("new", "Article/1", CREATED, 1), A2, O1, A3))
        .anyMatch(fault -> fault.contains("came under another id too: a1"));
    assertThat(
            new Verification(TRUTH)
                .recipient("shop", List.of(A1, A2, O1, A3), false)
                .recipient("crm", List.of(A1, A2, arrival("o2", "Order/1", CREATED, 3), A3), false)
                .faults())
        .containsExactly("crm: Order/1 Created v1 (o2, sequence 3): came under another id too: o1");
  }

  @Test
  void findsOneIdForTwoEvents() {
    assertThat(parallel(A1, A2, arrival("a1", "Order/1", CREATED, 3), A3))
        .anyMatch(fault -> fault.contains("its id stands for another event too"));
  }

  @Test
  void findsAnotherBodyOrSequenceInARepeat() {
    Arrival otherBody = new Arrival("", "a1", "other", "Article/1", CREATED, 1, true, "");
    assertThat(parallel(A1, otherBody, A2, O1, A3))
        .containsExactly("shop: Article/1 Created v1 (a1, sequence 1): came with another body too");
    assertThat(parallel(A1, arrival("a1", "Article/1", CREATED, 7), A2, O1, A3))
        .anyMatch(fault -> fault.contains("came with another sequence too: 1"));
  }

  @Test
  void findsWhatIsWrongWithOneRequest() {
    Arrival unsigned =
        new Arrival("", "a1", "body of a1", "Article/1", CREATED, 1, true, "signature: none");
    assertThat(parallel(unsigned, A2, O1, A3))
        .containsExactly("shop: Article/1 Created v1 (a1, sequence 1): signature: none");
  }

  private static List<String> parallel(Arrival... arrivals) {
    return new Verification(TRUTH).recipient("shop", List.of(arrivals), false).faults();
  }

  private static List<String> sequential(Arrival... arrivals) {
    return new Verification(TRUTH)
        .recipient("shop", new ArrayList<>(List.of(arrivals)), true)
        .faults();
  }

  private static Arrival arrival(String id, String entity, Expected what, long sequence) {
    return new Arrival("", id, "body of " + id, entity, what, sequence, true, "");
  }

  private static Arrival refused(Arrival arrival) {
    return new Arrival(
        arrival.request(),
        arrival.id(),
        arrival.bodySha256(),
        arrival.entity(),
        arrival.what(),
        arrival.sequence(),
        false,
        "");
  }
}
