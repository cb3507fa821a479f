package io.rowhook.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Any table that PostgreSQL can have can be named, and each by one spelling. */
final class TableIdTest {

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "article,public,article,public.article",
        "crm.Kunde,crm,Kunde,crm.Kunde",
        "crm.\"Kunde\",crm,Kunde,crm.Kunde",
        "\"my.schema\".article,my.schema,article,\"my.schema\".article",
        "\"my.schema\".\"a.b\",my.schema,a.b,\"my.schema\".\"a.b\"",
        "crm.\"say \"\"hi\"\"\",crm,say \"hi\",crm.\"say \"\"hi\"\"\"",
        "crm.Größe $1 (neu),crm,Größe $1 (neu),crm.Größe $1 (neu)",
        "\"a\".b,a,b,a.b",
      })
  void oneSpellingForEach(String text, String schema, String name, String spelt) {
    TableId table = TableId.parse(text);
    assertThat(table).isEqualTo(new TableId(schema, name));
    assertThat(table).hasToString(spelt);
    assertThat(TableId.parse(table.toString())).isEqualTo(table);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "a.", ".b", "a.b.c", " .b", "\"a.b", "a\"b", "\"\".b", "\"a\"b.c"})
  void whatIsNoTable(String text) {
    assertThatThrownBy(() -> TableId.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aNameOfAnyLengthEndsInASentence() {
    assertThatThrownBy(() -> TableId.parse("\"" + "a\"\"".repeat(100_000) + "\""))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
