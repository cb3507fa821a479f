package io.rowhook.admin.init;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("feature-59")
class YamlTextTest {

  @Test
  void namesStandForThemselves() {
    assertThat(YamlText.of("order_line")).isEqualTo("order_line");
    assertThat(YamlText.list(List.of("on", "it's", "${env:HOME}")))
        .isEqualTo("['on', 'it''s', '$${env:HOME}']");
  }
}
