package io.rowhook.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** {@code mvn -Punit test} starts no PostgreSQL, and leaves out no more than that asks for. */
class UnitTestsTest {

  private final UnitTests tests = new UnitTests(true);

  @Test
  void whatStartsOneItselfOrByAHelperNeedsADatabase() {
    assertThat(tests.needsDatabase("io.rowhook.testing.SourceDatabaseTest")).isTrue();
    assertThat(tests.needsDatabase("io.rowhook.entity.PartsTest")).as("by OrdersRig").isTrue();
    assertThat(tests.needsDatabase("io.rowhook.story.FlowTest")).as("by Stage").isTrue();
  }

  @Test
  void whatUsesNoneNeedsNone() {
    assertThat(tests.needsDatabase("io.rowhook.webhook.signing.SignerTest")).isFalse();
    assertThat(tests.needsDatabase("io.rowhook.journal.JournalContractTest")).isFalse();
    assertThat(tests.needsDatabase(getClass().getName())).isFalse();
  }

  @Test
  void leavesOutTheTestsOfSuchAClassAndNoOthers() {
    assertThat(runs("io.rowhook.testing.SourceDatabaseTest", tests)).isFalse();
    assertThat(runs("io.rowhook.webhook.signing.SignerTest", tests)).isTrue();
    assertThat(runs("io.rowhook.testing.SourceDatabaseTest", new UnitTests(false)))
        .as("without -Punit")
        .isTrue();
  }

  private static boolean runs(String className, UnitTests filter) {
    return LauncherFactory.create(
            LauncherConfig.builder().enablePostDiscoveryFilterAutoRegistration(false).build())
        .discover(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(className))
                .filters(filter)
                .build())
        .containsTests();
  }
}
