package io.rowhook.settings.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.settings.RowhookFileReader;
import io.rowhook.settings.SettingsDirectory;
import io.rowhook.settings.entities.EntitiesFileReader;
import io.rowhook.settings.entities.EntitySettings;
import io.rowhook.settings.recipients.RecipientFileReader;
import io.rowhook.settings.yaml.Value.Mapping;
import io.rowhook.settings.yaml.Value.MappingOr;
import io.rowhook.settings.yaml.Value.Mappings;
import io.rowhook.settings.yaml.Value.Named;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is made of the declared settings is as they are: the JSON Schemas, the tables of the
 * reference, the difference between two settings. {@code -Dsettings.rewrite} writes schemas and
 * tables anew.
 */
class DeclaredSettingsTest {

  private static final Path REFERENCE = Path.of("docs/reference.md");
  private static final Path SCHEMAS = Path.of("src/main/resources/io/rowhook/settings/schema");
  private static final String REWRITE =
      "written anew by: mvn -q -Dquick -Dtest=DeclaredSettingsTest -Dsettings.rewrite test";

  @TempDir Path temp;

  @Test
  void theSchemasAreTheDeclaredOnes() throws IOException {
    same(
        SCHEMAS.resolve("recipient.schema.json"),
        SchemaPage.of(
            "Rowhook: recipients/<name>.yaml",
            "Who is sent webhooks: where, how signed, how fast, and which.",
            false,
            RecipientFileReader.OBJECT));
    same(
        SCHEMAS.resolve("rowhook.schema.json"),
        SchemaPage.of(
            "Rowhook: rowhook.yaml",
            "Everything that is neither the source, nor an entity, nor a recipient.",
            true,
            RowhookFileReader.OBJECT));
    same(
        SCHEMAS.resolve("entities.schema.json"),
        SchemaPage.ofEach(
            "Rowhook: entities.yaml",
            "Which tables make which business entity.",
            EntitiesFileReader.NAME.pattern(),
            EntitySettings.ENTITY));
  }

  @Test
  void theTablesOfTheReferenceAreTheDeclaredOnes() throws IOException {
    String page = Files.readString(REFERENCE);
    page = ReferencePage.with(page, "entities.yaml", EntitySettings.ENTITY);
    page = ReferencePage.with(page, "recipients/&lt;name&gt;.yaml", RecipientFileReader.OBJECT);
    page = ReferencePage.with(page, "rowhook.yaml", RowhookFileReader.OBJECT);
    same(REFERENCE, page);
  }

  @Test
  void everyChangeOfASettingIsTold() {
    for (ObjectSetting<?> object :
        List.of(RecipientFileReader.OBJECT, RowhookFileReader.OBJECT, EntitySettings.ENTITY)) {
      for (var member : object.members()) {
        assertThat(member.differences()).as(member.setting().name()).isPresent();
      }
    }
  }

  /** A value of the wrong kind is reported wherever it stands, so each declared setting is read. */
  @TestFactory
  Stream<DynamicTest> everyRecipientSettingIsRead() {
    Map<String, String> files = new LinkedHashMap<>();
    collect(RecipientFileReader.OBJECT, "", "%s", files);
    return tests(files, (directory, text) -> directory.shop(text));
  }

  @TestFactory
  Stream<DynamicTest> everySettingOfRowhookIsRead() {
    Map<String, String> files = new LinkedHashMap<>();
    collect(RowhookFileReader.OBJECT, "", "%s", files);
    return tests(files, (directory, text) -> directory.write("config/rowhook.yaml", text));
  }

  @TestFactory
  Stream<DynamicTest> everyEntitySettingIsRead() {
    Map<String, String> files = new LinkedHashMap<>();
    collect(EntitySettings.ENTITY, "Article.", "{Article: %s}", files);
    return tests(files, SettingsDirectory::entities);
  }

  private interface Write {
    void write(SettingsDirectory directory, String text);
  }

  private Stream<DynamicTest> tests(Map<String, String> files, Write write) {
    return files.entrySet().stream()
        .map(file ->
            DynamicTest.dynamicTest(
                file.getKey(),
                () -> {
                  SettingsDirectory directory =
                      new SettingsDirectory(Files.createTempDirectory(temp, "read"));
                  write.write(directory, file.getValue());
                  assertThat(directory.problems())
                      .anySatisfy(problem ->
                          assertThat(problem)
                              .containsPattern(": \\Q" + file.getKey() + "\\E(\\[0\\])? must be ")
                              .contains(", got: a "));
                }));
  }

  /**
   * Files, each of which has a list in a list in place of one setting.
   *
   * @param around where the mapping stands
   */
  private static void collect(
      ObjectSetting<?> object, String before, String around, Map<String, String> files) {
    for (Setting<?> setting : object.settings()) {
      String name = before + setting.name();
      String here = around.formatted("{" + setting.name() + ": %s}");
      files.put(name, here.formatted("[[1]]"));
      switch (setting.value()) {
        case Mapping mapping -> collect(mapping.object(), name + ".", here, files);
        case MappingOr either -> collect(either.object(), name + ".", here, files);
        case Mappings list -> collect(list.object(), name + "[0].", here.formatted("[%s]"), files);
        case Named named when named.each() instanceof Mapping each ->
            collect(each.object(), name + ".a.", here.formatted("{a: %s}"), files);
        default -> {}
      }
    }
  }

  private static void same(Path file, String text) throws IOException {
    if (System.getProperty("settings.rewrite") != null) {
      Files.writeString(file, text);
    }
    List<String> missing = new ArrayList<>(text.lines().toList());
    missing.removeAll(Files.readAllLines(file));
    assertThat(missing).as("lines that %s lacks; %s", file, REWRITE).isEmpty();
    assertThat(Files.readString(file)).as("%s; %s", file, REWRITE).isEqualTo(text);
  }
}
