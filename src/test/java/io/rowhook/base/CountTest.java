package io.rowhook.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CountTest {

  @Test
  void oneIsSingularAndAllElsePlural() {
    assertThat(Count.of(1, "table")).isEqualTo("1 table");
    assertThat(Count.of(0, "key")).isEqualTo("0 keys");
    assertThat(Count.of(1, "delivery")).isEqualTo("1 delivery");
    assertThat(Count.of(12_000, "delivery")).isEqualTo("12,000 deliveries");
  }
}
