package io.rowhook.admin.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.health.HealthReport;
import io.rowhook.admin.health.Part;
import io.rowhook.admin.health.Part.Kind;
import io.rowhook.admin.health.Part.State;
import io.rowhook.entity.EventType;
import io.rowhook.journal.Pause;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What is told of a part, and what is not: each transition once, and nothing that does not last.
 */
class TransitionsTest {

  private static final Instant NOON = Instant.parse("2026-05-24T12:00:00Z");

  private final Transitions transitions = new Transitions();
  private Map<String, Pause.Kind> pauses = Map.of();

  private List<Alert> look(int second, Part... parts) {
    return transitions.look(
        new HealthReport(List.of(parts), List.of(), true, NOON.plusSeconds(second)), pauses);
  }

  private static Part part(Kind kind, String subject, State state) {
    return new Part(kind, subject, state, "for a reason", NOON);
  }

  private List<EventType> types(int second, Part... parts) {
    return look(second, parts).stream().map(Alert::type).toList();
  }

  @Test
  void tellsOnceThatItIsNotWellThatItGetsWorseAndThatItIsWell() {
    Part ok = part(Kind.capture, "", State.ok);
    Part degraded = part(Kind.capture, "", State.degraded);
    Part failing = part(Kind.capture, "", State.failing);
    assertThat(types(0, ok)).isEmpty();
    assertThat(types(1, degraded)).isEmpty();
    assertThat(types(30, degraded)).isEmpty();
    List<Alert> stalled = look(31, degraded);
    assertThat(stalled).hasSize(1);
    assertThat(stalled.getFirst().type()).isEqualTo(EventType.CaptureStalled);
    assertThat(stalled.getFirst().data().toString())
        .isEqualTo(
            "{\"kind\":\"capture\",\"subject\":null,\"state\":\"degraded\",\"previousState\":\"ok\",\"reason\":\"for"
                + " a reason\",\"since\":\"2026-05-24T12:00:00Z\",\"count\":1}");
    assertThat(types(100, degraded)).isEmpty();
    assertThat(types(101, failing)).isEmpty();
    List<Alert> worse = look(131, failing);
    assertThat(worse).extracting(Alert::type).containsExactly(EventType.CaptureStalled);
    assertThat(worse.getFirst().previous()).isEqualTo(State.degraded);
    assertThat(types(140, degraded)).as("better is not well").isEmpty();
    assertThat(types(150, ok)).isEmpty();
    assertThat(types(155, ok)).containsExactly(EventType.CaptureRecovered);
    assertThat(types(300, ok)).isEmpty();
  }

  @Test
  void tellsNothingOfWhatFlaps() {
    for (int second = 0; second < 600; second++) {
      State state = second % 20 < 10 ? State.failing : State.ok;
      assertThat(look(second, part(Kind.capture, "", state))).isEmpty();
    }
  }

  @Test
  void tellsNothingNewOfWhatIsNotWellAndFlapsFromThen() {
    look(0, part(Kind.slot, "", State.degraded));
    assertThat(types(5, part(Kind.slot, "", State.degraded)))
        .containsExactly(EventType.SourceAtRisk);
    List<EventType> more =
        IntStream.range(6, 600)
            .boxed()
            .flatMap(second ->
                types(second, part(Kind.slot, "", second % 30 < 15 ? State.ok : State.degraded))
                    .stream())
            .toList();
    assertThat(more).isEmpty();
  }

  @Test
  void tellsByWhatARecipientIsPaused() {
    Part shop = part(Kind.recipient, "shop", State.degraded);
    Part gone = part(Kind.recipient, "gone", State.degraded);
    Part stuck = part(Kind.recipient, "stuck", State.failing);
    pauses = Map.of("shop", Pause.Kind.failures, "gone", Pause.Kind.gone);
    look(0, shop, gone, stuck);
    List<Alert> told = look(5, shop, gone, stuck);
    assertThat(told)
        .extracting(Alert::type)
        .containsExactly(EventType.RecipientPaused, EventType.RecipientDisabled);
    assertThat(told)
        .extracting(alert -> alert.about().orElseThrow())
        .containsExactly("shop", "gone");
    assertThat(told).extracting(Alert::id).containsExactly("recipient/shop", "recipient/gone");
    look(10, part(Kind.recipient, "shop", State.ok)); // the others have no file any more
    assertThat(types(15, part(Kind.recipient, "shop", State.ok)))
        .containsExactly(EventType.RecipientResumed);
  }

  @Test
  void tellsThatARecipientWantsNoMoreWhenItWasPausedBefore() {
    Part shop = part(Kind.recipient, "shop", State.degraded);
    pauses = Map.of("shop", Pause.Kind.failures);
    look(0, shop);
    assertThat(types(5, shop)).containsExactly(EventType.RecipientPaused);
    pauses = Map.of("shop", Pause.Kind.gone);
    assertThat(types(20, shop)).containsExactly(EventType.RecipientDisabled);
    assertThat(types(30, shop)).isEmpty();
    pauses = Map.of();
    Part well = part(Kind.recipient, "shop", State.ok);
    look(40, well);
    assertThat(types(45, well)).containsExactly(EventType.RecipientResumed);
  }

  @Test
  void tellsThatABacklogIsSmallAgainWhenItIsNotNamedAnyMore() {
    assertThat(types(0, part(Kind.backlog, "shop", State.degraded)))
        .containsExactly(EventType.BacklogNearLimit);
    assertThat(types(1, part(Kind.backlog, "shop", State.failing)))
        .containsExactly(EventType.BacklogNearLimit);
    assertThat(types(2)).isEmpty();
    assertThat(types(61)).isEmpty();
    assertThat(types(62)).containsExactly(EventType.BacklogNormal);
    assertThat(types(200)).isEmpty();
  }

  @Test
  void letsSoManyThroughAndTellsHowManyItDidNot() {
    AlertLimit limit = new AlertLimit();
    pauses =
        IntStream.range(0, 100)
            .boxed()
            .collect(
                java.util.stream.Collectors.toMap(
                    number -> "shop" + number, _ -> Pause.Kind.failures));
    Part[] all =
        IntStream.range(0, 100)
            .mapToObj(number -> part(Kind.recipient, "shop" + number, State.degraded))
            .toArray(Part[]::new);
    look(0, all);
    List<Alert> due = look(5, all);
    assertThat(due).hasSize(100);
    assertThat(limit.pass(due, NOON)).hasSize(AlertLimit.MOST);
    assertThat(limit.pass(due.subList(0, 5), NOON.plusSeconds(30))).isEmpty();
    List<Alert> next = limit.pass(List.of(), NOON.plus(Duration.ofMinutes(1)));
    assertThat(next).extracting(Alert::type).containsExactly(EventType.Summary);
    assertThat(next.getFirst().reason())
        .isEqualTo(
            "85 more were not told one by one: RecipientPaused 85 times. rowhook status shows how"
                + " all is");
    assertThat(limit.pass(List.of(), NOON.plus(Duration.ofMinutes(2)))).isEmpty();
  }
}
