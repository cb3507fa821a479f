package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.Docs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The README and the pages under {@code docs/}: what they name is there. */
class DocsTest {

  private static final int README_LINES = 120;

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
  private static final Pattern SOURCE =
      Pattern.compile("(src|docs|connector-config|jslt-templates|\\.ci)/[\\w./-]+");
  private static final Pattern COMMAND =
      Pattern.compile("(?:^|[\\s/;&])rowhook ((?:--)?[a-z][a-z-]*)((?: [^\n#]*)?)");
  private static final Pattern OPTION = Pattern.compile("(?<=[\\s\\[])--[a-z][a-z-]*");
  private static final Pattern CITED =
      Pattern.compile("\\b(seed \\d+|[\\w/-]*\\b(design|wire|config|names|style)\\.md)\\b");
  private static final Pattern ARTIFACT =
      Pattern.compile("<dependency>(.*?)</dependency>", Pattern.DOTALL);

  @Test
  void theReadmeFitsTwoScreens() {
    assertThat(Docs.text(Path.of("README.md")).lines().count()).isLessThanOrEqualTo(README_LINES);
  }

  @Test
  void everyPageIsLinkedFromTheReadme() {
    String readme = Docs.text(Path.of("README.md"));
    assertThat(Docs.pages().stream().skip(1).map(page -> "(" + page + ")"))
        .filteredOn(page -> !page.equals("(docs/features.md)")) // from developing.md
        .allMatch(readme::contains);
  }

  @Test
  void everyLinkAndAnchorIsThere() {
    List<String> broken = new ArrayList<>();
    List<Path> pages = new ArrayList<>(Docs.pages());
    pages.add(Path.of("jslt-templates/README.md"));
    pages.add(Path.of("src/examples/README.md"));
    for (Path page : pages) {
      Matcher link = LINK.matcher(Docs.prose(page));
      while (link.find()) {
        String to = link.group(1);
        if (!to.matches("https?://.*") && !leadsSomewhere(page, to)) {
          broken.add(page + ": " + to);
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  private static boolean leadsSomewhere(Path page, String to) {
    String[] parts = to.split("#", 2);
    Path file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
    return Files.exists(file) && (parts.length == 1 || Docs.anchors(file).contains(parts[1]));
  }

  @Test
  void everyFileOfTheRepositoryThatIsNamedIsThere() {
    List<String> missing = new ArrayList<>();
    for (Path page : Docs.pages()) {
      Matcher code = CODE.matcher(Docs.prose(page));
      while (code.find()) {
        String named = code.group(1);
        boolean own = named.startsWith("src/") || named.startsWith("docs/");
        if (own && SOURCE.matcher(named).matches() && !Files.exists(Path.of(named))) {
          missing.add(page + ": " + named);
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void everyCommandIsOneWithTheseOptions() {
    CommandLine rowhook = Main.commandLine(_ -> {});
    List<String> wrong = new ArrayList<>();
    int found = 0;
    for (Path page : Docs.pages()) {
      List<String> places =
          new ArrayList<>(CODE.matcher(Docs.prose(page)).results().map(m -> m.group(1)).toList());
      Docs.blocks().stream()
          .filter(block -> block.place().startsWith(page + ":"))
          .filter(block -> block.info().isEmpty())
          .forEach(block -> places.addAll(block.text().lines().toList()));
      for (String place : places) {
        Matcher command = COMMAND.matcher(place);
        while (command.find()) {
          found++;
          String problem = problem(rowhook, command.group(1), command.group(2));
          if (!problem.isEmpty()) {
            wrong.add(page + ": " + place + ": " + problem);
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(found).isGreaterThan(40);
  }

  @Test
  void anUnknownCommandOrOptionWouldBeNoticed() {
    CommandLine rowhook = Main.commandLine(_ -> {});
    assertThat(problem(rowhook, "unsend", " shop")).isEqualTo("no command unsend");
    assertThat(problem(rowhook, "status", " --all")).isEqualTo("no option --all");
    assertThat(problem(rowhook, "preview", " [--check DIR]")).isEmpty();
  }

  /**
   * What is wrong with a command line; empty: nothing. Values and what is left out do not count.
   */
  private static String problem(CommandLine rowhook, String name, String rest) {
    CommandSpec spec = rowhook.getCommandSpec();
    if (name.startsWith("--")) {
      return spec.findOption(name) == null ? "no option " + name : "";
    }
    Map<String, CommandLine> commands = rowhook.getSubcommands();
    CommandLine command = commands.get(name);
    if (command == null) {
      return "no command " + name;
    }
    return OPTION
        .matcher(rest)
        .results()
        .map(option -> option.group())
        .filter(option -> command.getCommandSpec().findOption(option) == null)
        .findFirst()
        .map(option -> "no option " + option)
        .orElse("");
  }

  @Test
  void everyCommandIsInOperatingOrReceiving() {
    String text = Docs.text(Path.of("docs/operating.md")) + Docs.text(Path.of("docs/receiving.md"));
    assertThat(Main.commandLine(_ -> {}).getSubcommands().keySet())
        .allMatch(command -> text.contains("rowhook " + command), "is named");
  }

  @Test
  void noDocumentIsCitedThatIsNotHere() throws IOException {
    List<String> cited = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      for (Path file :
          files.filter(f -> f.toString().matches(".*\\.(java|story|md|xml|sql)")).toList()) {
        Matcher matcher = CITED.matcher(Files.readString(file));
        while (matcher.find() && !file.endsWith("DocsTest.java")) {
          cited.add(file + ": " + matcher.group());
        }
      }
    }
    assertThat(cited).isEmpty();
  }

  @Test
  void everyTaggedFeatureIsInTheList() throws IOException {
    String list = Docs.text(Path.of("docs/features.md"));
    TreeSet<String> missing = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        Pattern.compile("\"feature-(\\d+)\"")
            .matcher(Files.readString(file))
            .results()
            .map(tag -> tag.group(1))
            .filter(number -> !list.contains("\n| " + number + " | "))
            .forEach(missing::add);
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void theNoticeNamesWhatIsBundled() throws IOException {
    String notice = Files.readString(Path.of("NOTICE"));
    String pom = Files.readString(Path.of("pom.xml"));
    String dependencies =
        pom.substring(pom.lastIndexOf("</dependencyManagement>"), pom.indexOf("<build>"));
    List<String> bundled =
        ARTIFACT
            .matcher(dependencies)
            .results()
            .map(dependency -> dependency.group(1).replaceAll("(?s)<exclusions>.*", ""))
            .filter(dependency -> !dependency.contains("<scope>test"))
            .map(
                dependency -> dependency.replaceAll("(?s).*<artifactId>(.*?)</artifactId>.*", "$1"))
            .toList();
    assertThat(bundled).hasSizeGreaterThan(5);
    assertThat(bundled)
        .allMatch(
            name -> notice.contains(name) || notice.contains(name.replaceFirst("^\\w+", "")),
            "is in NOTICE");
  }
}
