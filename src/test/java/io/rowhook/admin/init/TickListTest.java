package io.rowhook.admin.init;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a person types at the list of entities, line by line, and what stays ticked. */
class TickListTest {

  private static final List<Draft.Choice> CHOICES =
      List.of(choice("Article"), choice("Customer"), choice("Invoice"), choice("Order"));

  private final StringWriter out = new StringWriter();

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "|; Article Customer Invoice Order",
        "2||; Article Invoice Order",
        "1-3||; Order",
        "1, 3||; Customer Order",
        "1 3||; Customer Order",
        "2|2||; Article Customer Invoice Order",
        "none|2||; Customer",
        "none|all||; Article Customer Invoice Order",
        "none|3-9||; Invoice Order",
        "none||; ''",
        "q; ''",
        "2|q; ''",
        "none|1; ''"
      })
  void enterTakesWhatIsTickedAndLeavingTakesNothing(String typed, String ticked)
      throws IOException {
    String expected = ticked.strip();
    assertThat(String.join(" ", choose(typed))).isEqualTo(expected.equals("''") ? "" : expected);
  }

  @Test
  void whatIsNotUnderstoodIsSaidAndChangesNothing() throws IOException {
    assertThat(choose("x 7 0 -1 99999999||"))
        .containsExactly("Article", "Customer", "Invoice", "Order");
    assertThat(out.toString())
        .contains(
            "Not understood: x",
            "There is no number 7",
            "There is no number 0",
            "Not understood: -1",
            "Not understood: 99999999");
  }

  @Test
  void theListShowsWhatIsTicked() throws IOException {
    choose("2||");
    assertThat(out.toString())
        .contains("  2 [x] Customer", "  2 [ ] Customer", "public.customer", "its name");
  }

  /** The lines end with {@code |}; after the last the terminal is closed. */
  private List<String> choose(String typed) throws IOException {
    BufferedReader in = new BufferedReader(new StringReader(typed.replace("|", "\n")));
    return new TickList(in, new PrintWriter(out, true)).choose(CHOICES).stream().sorted().toList();
  }

  private static Draft.Choice choice(String name) {
    return new Draft.Choice(
        name, "public." + name.toLowerCase(java.util.Locale.ROOT), 0, 0, "its name");
  }
}
