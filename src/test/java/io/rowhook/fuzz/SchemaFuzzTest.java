package io.rowhook.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drawn schemas: every event agrees with what PostgreSQL itself says of its rows. */
@Tag("slow")
@Tag("feature-54")
final class SchemaFuzzTest {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  /** A few in every build, of which nothing depends on how threads interleave. */
  @Test
  void someEventsAgreeWithPostgres() {
    Set<String> steady = Set.of("free", "crew", "structure");
    SchemaFuzz fuzz = new SchemaFuzz(1, 6, steady, List.of(Optional.empty()), directory);
    assertThat(fuzz.run()).as("seeds that failed; what is wrong is printed above").isEmpty();
  }

  /** All that are asked for, spread over the versions that the build has fetched. */
  @Test
  @Tag("fuzz")
  void eventsAgreeWithPostgres() {
    long seed = Long.getLong("fuzz.seed", 1);
    int seeds = Integer.getInteger("fuzz.seeds", 100);
    SchemaFuzz fuzz =
        new SchemaFuzz(seed, seeds, SchemaFuzz.without(), SchemaFuzz.versions(), directory);
    assertThat(fuzz.run()).as("seeds that failed; what is wrong is printed above").isEmpty();
  }
}
