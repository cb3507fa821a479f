package io.rowhook.entity.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.Position;
import io.rowhook.capture.Transaction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("feature-62")
class TransactionMessagesTest {

  private final TransactionMessages messages = new TransactionMessages();

  @Test
  void laterKeysWinAndKeepTheirPlace() {
    say("{'b':1,'a':{'x':1}}");
    say("{'a':[2],'c':null}");
    say("{'b':3}");
    assertThat(messages.context()).hasToString("{\"b\":3,\"a\":[2],\"c\":null}");
    assertThat(messages.isNoted()).isFalse();
  }

  @Test
  void muteMayBeTakenBack() {
    say("{'mute':true,'a':1}");
    assertThat(messages.muted()).isTrue();
    say("{'b':1}");
    assertThat(messages.muted()).isTrue();
    say("{'mute':false}");
    assertThat(messages.muted()).isFalse();
    assertThat(messages.context()).hasToString("{\"a\":1,\"b\":1}");
  }

  @Test
  void whatIsRowhooksOwnIsNoContext() {
    say("{'rowhook.resync':{'job':1},'mute':false}");
    assertThat(messages.context()).isNull();
  }

  @Test
  void aMuteThatIsNeitherTrueNorFalseIsIgnoredWithItsMessage() {
    say("{'mute':'yes','a':1}");
    say("{'mute':1}");
    assertThat(messages.muted()).isFalse();
    assertThat(messages.context()).isNull();
    assertThat(report()).isEqualTo(2);
  }

  /** However many there are. */
  @Test
  void allOfThemTogetherAreBounded() {
    String text = "x".repeat(4_000);
    for (int i = 0; i < 100; i++) {
      say("{'key" + i + "':'" + text + "'}");
    }
    assertThat(messages.context()).hasSize(4);
    assertThat(report()).isEqualTo(96);
    for (int i = 0; i < 100; i++) {
      say("{'key0':'" + text + "'}"); // in the place of another
    }
    assertThat(report()).isEqualTo(96);
  }

  private long report() {
    return messages.report(new Transaction(Position.of(1), "5", Instant.EPOCH));
  }

  private void say(String json) {
    try {
      messages.add((ObjectNode) Json.MAPPER.readTree(json.replace('\'', '"')));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
