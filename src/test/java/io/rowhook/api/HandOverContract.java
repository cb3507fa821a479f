package io.rowhook.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.api.Operation;
import io.rowhook.journal.SuccessorLock;
import io.rowhook.testing.JournalUnderTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/**
 * What is answered to whoever asks a service to hand over. Here it does not end, since the flow has
 * no process of its own; {@code HandOverTest} has one that does.
 */
record HandOverContract(ApiClient client, ApiDocument document, Path journal) {

  private static final String PATH = "/v1/hand-over";

  /** Asks with nobody there to go on, and with somebody; returns the operation. */
  Set<String> answered() throws IOException {
    Operation operation = document.operation("POST", PATH).orElseThrow();
    ApiClient.Reply nobody = client.post(PATH, "");
    document.check(operation, nobody);
    assertThat(nobody.status()).isEqualTo(409);
    if (JournalUnderTest.isKafka()) {
      assertThat(nobody.text()).contains("start the new instance beside this one");
      return Set.of(operation.id());
    }
    assertThat(nobody.text()).contains("nobody is there to go on in its place");
    try (SuccessorLock _ = SuccessorLock.take(journal)) {
      ApiClient.Reply somebody = client.post(PATH, "");
      document.check(operation, somebody);
      assertThat(somebody.status()).as(somebody.text()).isEqualTo(202);
      assertThat(somebody.json().path("process").asLong()).isEqualTo(ProcessHandle.current().pid());
    }
    return Set.of(operation.id());
  }
}
