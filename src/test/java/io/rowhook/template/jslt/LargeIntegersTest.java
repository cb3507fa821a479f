package io.rowhook.template.jslt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LargeIntegersTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "9007199254740992 | 9007199254740992",
        "-9007199254740992 | -9007199254740992",
        "9007199254740993 | \"9007199254740993\"",
        "-9007199254740993 | \"-9007199254740993\"",
        "10000000000000000 | \"10000000000000000\"",
        "9223372036854775807 | \"9223372036854775807\"",
        "123456789012345678901234567890 | \"123456789012345678901234567890\"",
        "9007199254740993.5 | 9007199254740993.5",
        "99999999999999999.0 | 99999999999999999.0",
        "1E+40 | 1E+40",
        "{\"a\":[1,{\"9007199254740993\":9007199254740993}],\"b\":-1} |"
            + " {\"a\":[1,{\"9007199254740993\":\"9007199254740993\"}],\"b\":-1}",
        "{\"a\\\"\":\"9007199254740993\\\\\",\"c\": 9007199254740993 } |"
            + " {\"a\\\"\":\"9007199254740993\\\\\",\"c\": \"9007199254740993\" }",
        "[9007199254740993,9007199254740993] | [\"9007199254740993\",\"9007199254740993\"]",
        "\"äöü 9007199254740993\" | \"äöü 9007199254740993\"",
      })
  void onlyIntegersBeyond2To53BecomeText(String json, String expected) {
    assertThat(asText(json)).isEqualTo(expected);
  }

  @Test
  void nothingIsCopiedWhereThereIsNothingToDo() {
    byte[] json = "{\"a\":9007199254740992}".getBytes(StandardCharsets.UTF_8);
    assertThat(LargeIntegers.asText(json)).isSameAs(json);
  }

  /** Numbers of every length, held against their own arithmetic. */
  @Test
  void agreesWithArithmetic() throws IOException {
    Random random = new Random(17);
    BigInteger limit = BigInteger.TWO.pow(53);
    for (int i = 0; i < 5_000; i++) {
      BigInteger number = new BigInteger(random.nextInt(1, 80), random);
      number = random.nextBoolean() ? number : number.negate();
      JsonNode read = Json.MAPPER.readTree(asText("{\"n\":" + number + "}")).path("n");
      assertThat(read.isTextual()).as("%s", number).isEqualTo(number.abs().compareTo(limit) > 0);
      assertThat(read.asText()).isEqualTo(number.toString());
    }
  }

  @Test
  void depthDoesNotMatter() {
    String open = "[".repeat(2_000);
    String close = "]".repeat(2_000);
    for (String end : List.of("", " ")) {
      assertThat(asText(open + "9007199254740993" + close + end))
          .isEqualTo(open + "\"9007199254740993\"" + close + end);
    }
  }

  private static String asText(String json) {
    return new String(
        LargeIntegers.asText(json.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
  }
}
