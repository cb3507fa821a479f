package io.rowhook.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** {@code mvn -Punit test} starts no PostgreSQL, and leaves out no more than that asks for. */
class UnitTestsTest {

  private final UnitTests tests = new UnitTests();

  @Test
  void whatStartsOneItselfOrByAHelperNeedsADatabase() {
    assertThat(tests.needsDatabase("io.rowhook.testing.SourceDatabaseTest")).isTrue();
    assertThat(tests.needsDatabase("io.rowhook.entity.PartsTest")).as("by OrdersRig").isTrue();
    assertThat(tests.needsDatabase("io.rowhook.story.FlowTest")).as("by Stage").isTrue();
  }

  @Test
  void whatUsesNoneNeedsNone() {
    assertThat(tests.needsDatabase("io.rowhook.webhook.SignerTest")).isFalse();
    assertThat(tests.needsDatabase("io.rowhook.journal.JournalContractTest")).isFalse();
  }
}
