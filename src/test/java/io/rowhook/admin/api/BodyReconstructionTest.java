package io.rowhook.admin.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.entity.Event;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.JournalQueries.Logged;
import io.rowhook.testing.Events;
import io.rowhook.testing.PlainSets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What was sent is shown as it was, or it is said that this cannot be. */
@Tag("feature-39")
class BodyReconstructionTest {

  private static final Event EVENT = Events.order(7, 3);

  private final PlainSets sets = new PlainSets();

  private static Logged attempt(@Nullable String set, @Nullable String sha256) {
    return new Logged(
        0,
        new Attempt(1, Instant.EPOCH, Duration.ZERO, "r", 200, null, null, set, sha256),
        "delivered");
  }

  private ObjectNode shown(Logged... attempts) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    BodyReconstruction.of(sets, EVENT, List.of(attempts)).show(json);
    return json;
  }

  @Test
  void whatWasSentIsShown() throws Exception {
    String sha256 =
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(EVENT.json()));
    ObjectNode json = shown(attempt("hash-full", sha256));
    assertThat(json.path("body").asText()).isEqualTo(new String(EVENT.json(), UTF_8));
    assertThat(json.path("bodyIsAsSent").asBoolean()).isTrue();
    assertThat(json.path("bodyTrouble").isNull()).isTrue();
  }

  @Test
  void whatIsNotWhatWasSentIsSaidToBeSo() {
    ObjectNode json = shown(attempt("hash-full", "b0d1"));
    assertThat(json.path("body").asText()).isEqualTo(new String(EVENT.json(), UTF_8));
    assertThat(json.path("bodyIsAsSent").asBoolean()).isFalse();
    assertThat(json.path("bodyTrouble").asText())
        .isEqualTo("rendered again it is not what was sent: the hashes differ");
  }

  @Test
  void whatCannotBeShownHasAReason() {
    assertThat(shown(attempt(null, null)).path("bodyTrouble").asText())
        .isEqualTo("nothing was sent: no attempt got as far as a request");
    sets.forget("full");
    assertThat(shown(attempt("hash-full", "b0d1")).path("bodyTrouble").asText())
        .isEqualTo("the attribute set of then was not kept");
  }
}
