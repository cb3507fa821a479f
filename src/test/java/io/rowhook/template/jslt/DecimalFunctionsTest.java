package io.rowhook.template.jslt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.template.TemplateException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arithmetic that keeps every digit, against JSLT's own that does not. */
class DecimalFunctionsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          decimal-add(.price, '0.10')                                   | 189.10
          decimal-add(0.1, 0.2)                                         | 0.3
          decimal-add(.long, 1)                                         | 9223372036854775808
          decimal-subtract('-9223372036854775808', 1)                   | -9223372036854775809
          decimal-subtract(.price, .price)                              | 0.00
          decimal-multiply(.price, '1.19')                              | 224.9100
          decimal-multiply(.long, .long)                                | 85070591730234615847396907784232501249
          decimal-divide(1, 3, 5)                                       | 0.33333
          decimal-divide('2', '3', 0)                                   | 1
          decimal-divide(.big, '0.0000000001', 2)                       | 1234567890123456789012345678901234567890.00
          decimal-round(224.9150, 2)                                    | 224.92
          decimal-round('2.5', 0, 'half-even')                          | 2
          decimal-round('-2.5', 0, 'floor')                             | -3
          decimal-round('1250', -2)                                     | 1300
          decimal-round(7, 2)                                           | 7.00
          decimal-compare('1.0', 1)                                     | 0
          decimal-compare(.long, '9223372036854775806')                 | 1
          decimal-compare(' 2 ', 10)                                    | -1
          decimal-add(null, 1)                                          | null
          decimal-round(.nothing, 2)                                    | null
          """)
  void keepsEveryDigit(String template, String result) throws Exception {
    assertThat(render("{'n': " + template + "}")).isEqualTo("{\"n\":" + result + "}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          decimal-add('secret', 1)         | decimal-add() first argument must be a number, or text that is one
          decimal-add(1, [])               | decimal-add() second argument must be a number, or text that is one, of no more digits than numeric
          decimal-add('1e999999999', 1)    | decimal-add() first argument must be a number, or text that is one, of no more digits than numeric
          decimal-divide(1, 0, 2)          | decimal-divide(): division by zero
          decimal-round(1, 99999)          | decimal-round() second argument must be a number of decimal places
          decimal-round(1, 2, 'up-ish')    | decimal-round() third argument must be one of ceiling down floor half-down half-even half-up up
          """)
  void saysWhatIsWrongAndNoValue(String template, String words) {
    assertThatThrownBy(() -> render("{'n': " + template + "}"))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining(words)
        .hasMessageNotContaining("secret");
  }

  @Test
  void jsltsOwnOperatorsDoNot() throws Exception {
    assertThat(render("{'n': .long + 1}")).isEqualTo("{\"n\":-9223372036854775808}");
    assertThat(render("{'n': 0.1 + 0.2}")).isEqualTo("{\"n\":0.30000000000000004}");
  }

  private static String render(String template) throws Exception {
    String json =
        """
        {"price":189.00,"long":9223372036854775807,"big":123456789012345678901234567890.1234567890}
        """;
    Event event =
        new Event(
            "evt_1",
            "Article",
            "7",
            EventType.Updated,
            Instant.EPOCH,
            Position.START,
            json.getBytes(StandardCharsets.UTF_8));
    JsltTemplate set =
        JsltTemplate.compile("t.jslt", Map.of("t.jslt", template.replace('\'', '"')));
    return new String(set.render(event), StandardCharsets.UTF_8);
  }
}
