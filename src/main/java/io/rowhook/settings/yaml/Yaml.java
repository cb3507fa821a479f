package io.rowhook.settings.yaml;

import io.rowhook.settings.yaml.YamlNode.Fields;
import io.rowhook.settings.yaml.YamlNode.Items;
import io.rowhook.settings.yaml.YamlNode.Scalar;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads one YAML file into {@link YamlNode}s. The parser's own messages are not passed on where
 * they may quote the file, since a badly quoted password is a common reason for them.
 */
public final class Yaml {

  /** Of a settings file, in bytes; a hand-written one is a hundredth of it. */
  public static final int MAX_FILE = 1024 * 1024;

  /** How deep lists and mappings may stand inside each other; the deepest setting stands 4 deep. */
  private static final int MAX_DEPTH = 32;

  private static final String QUOTE = "Put quotes around a value with special characters: \"...\".";
  private static final Set<Tag> PLAIN_TAGS =
      Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.SEQ, Tag.MAP);

  private final Path file;
  private final ParseSession session;
  private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private Yaml(Path file, ParseSession session) {
    this.file = file;
    this.session = session;
  }

  /** The file's mapping; empty where it holds none, which is reported. */
  public static Optional<Fields> read(Path file, ParseSession session) {
    return new Yaml(file, session).mapping(false);
  }

  /** As {@link #read}, but a file of comments alone is an empty mapping. */
  public static Optional<Fields> readOrEmpty(Path file, ParseSession session) {
    return new Yaml(file, session).mapping(true);
  }

  /** Reports a value of another kind than its key asks for, without showing it. */
  public static <T> Optional<T> wrongKind(YamlNode node, String wanted, ParseSession session) {
    String key = node.location().key().isEmpty() ? "the file" : node.location().key();
    session
        .problems()
        .add(
            node.location(),
            key + " must be " + wanted + ", got: " + node.kind() + ". " + example(wanted));
    return Optional.empty();
  }

  private static String example(String wanted) {
    return switch (wanted) {
      case "a list" -> "Write [one, two], or a line with a dash for each.";
      case "a mapping" -> "Write keys with values under it, each \"key: value\".";
      default -> "Write one value after the colon.";
    };
  }

  private Optional<Fields> mapping(boolean mayBeEmpty) {
    Optional<String> text = text(file, session);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<YamlNode> root;
    try {
      Optional<Node> document = document(text.get());
      if (document.isEmpty() || isNothing(document.get())) {
        if (mayBeEmpty) {
          return Optional.of(new Fields(Location.of(file), Map.of(), Map.of(), session));
        }
        problem(Location.of(file), "the file is empty. Write its settings, or take it away.");
        return Optional.empty();
      }
      root = convert(document.get(), at(document.get().getStartMark(), ""), 1);
    } catch (NotYaml e) {
      return Optional.empty(); // reported
    }
    return root.flatMap(node ->
        node instanceof Fields fields
            ? Optional.of(fields)
            : wrongKind(node, "a mapping", session));
  }

  /** A file's text, or a report of why it cannot be read. */
  public static Optional<String> text(Path file, ParseSession session) {
    Diagnostics problems = session.problems();
    Location location = Location.of(file);
    Optional<String> pending = session.edits().text(file);
    if (pending.isPresent()) {
      return pending;
    }
    try {
      if (Files.isDirectory(file)) {
        problems.add(location, "a file must stand here, and it is a directory. Write the file.");
        return Optional.empty();
      }
      if (!Files.isRegularFile(file) || session.edits().isGone(file)) {
        problems.add(location, "the file is missing. Create it.");
        return Optional.empty();
      }
      if (Files.size(file) > MAX_FILE) {
        problems.add(location, "the file is larger than 1 MB. Settings are not that long.");
        return Optional.empty();
      }
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      return Optional.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
    } catch (CharacterCodingException e) {
      problems.add(location, "the file is not UTF-8. Save it as UTF-8.");
    } catch (IOException e) {
      problems.add(location, "the file cannot be read. Let the user that runs Rowhook read it.");
    }
    return Optional.empty();
  }

  private Optional<Node> document(String text) throws NotYaml {
    LoadSettings limits =
        LoadSettings.builder()
            .setLabel(file.toString())
            .setCodePointLimit(MAX_FILE)
            .setMaxAliasesForCollections(0)
            .build();
    try {
      Iterator<Node> documents = new Compose(limits).composeAllFromString(text).iterator();
      if (!documents.hasNext()) {
        return Optional.empty();
      }
      Node first = documents.next();
      if (documents.hasNext()) {
        Location second = at(documents.next().getStartMark(), "");
        throw report(second, "a second document begins here. Keep one, without --- lines.");
      }
      return Optional.of(first);
    } catch (MarkedYamlEngineException e) {
      throw report(at(e.getProblemMark(), ""), words(e, text));
    } catch (ReaderException e) {
      int line = 1 + (int) text.codePoints().limit(e.getPosition()).filter(c -> c == '\n').count();
      throw report(
          new Location(file, line, 1, ""),
          "the line has a character that YAML does not allow. Take it out.");
    } catch (YamlEngineException e) {
      throw report(Location.of(file), ALIAS);
    } catch (StackOverflowError e) {
      throw report(Location.of(file), TOO_DEEP);
    } catch (IllegalArgumentException e) {
      throw report(
          Location.of(file),
          "a text in double quotes has a \\U that is no character; the last is \\U0010FFFF. Correct it.");
    }
  }

  private static final String ALIAS =
      "an anchor or alias (& or *) is used; settings have none. Write the value out.";
  private static final String TOO_DEEP =
      "lists and mappings stand more than " + MAX_DEPTH + " deep in each other. Settings do not.";

  private static String words(MarkedYamlEngineException e, String text) {
    String problem = String.valueOf(e.getProblem());
    String context = String.valueOf(e.getContext());
    if (problem.contains("TAB")) {
      return "a tab stands where only spaces may. Indent with spaces.";
    }
    if (problem.contains("alias") || context.contains("alias") || context.contains("anchor")) {
      return "a value begins with * or &, which is an alias or anchor in YAML. " + QUOTE;
    }
    if (problem.contains("tag handle") || context.contains(" tag")) {
      return "a value begins with !, which is a tag in YAML. " + QUOTE;
    }
    String line = e.getProblemMark().map(mark -> line(text, mark.getLine())).orElse("");
    if (line.contains("${")) {
      return "this is not YAML: inside { } and [ ] a reference needs quotes."
          + " Write \"${env:NAME}\" with them.";
    }
    if (problem.startsWith("mapping values are not allowed")) {
      return "this is not YAML: a colon stands where no key can be. Check the indentation. "
          + QUOTE;
    }
    return "this is not YAML. Check the indentation and brackets here and in the line above. "
        + QUOTE;
  }

  private static String line(String text, int number) {
    return text.lines().skip(number).findFirst().orElse("");
  }

  private Optional<YamlNode> convert(Node node, Location location, int depth) throws NotYaml {
    if (!seen.add(node)) {
      throw report(at(node.getStartMark(), ""), ALIAS);
    }
    if (depth > MAX_DEPTH) {
      throw report(location, TOO_DEEP);
    }
    if (!PLAIN_TAGS.contains(node.getTag())) {
      problem(location, "a tag (!) is used; settings have none. " + QUOTE);
      return Optional.empty();
    }
    return switch (node) {
      case ScalarNode scalar ->
          Optional.of(new Scalar(location, scalar.getValue(), isNothing(scalar), session));
      case SequenceNode sequence -> Optional.of(items(sequence, location, depth));
      case MappingNode mapping -> Optional.of(fields(mapping, location, depth));
      default -> throw report(location, ALIAS);
    };
  }

  private Items items(SequenceNode sequence, Location location, int depth) throws NotYaml {
    List<YamlNode> items = new ArrayList<>();
    int index = 0;
    for (Node node : sequence.getValue()) {
      Location at = at(node.getStartMark(), "");
      convert(node, location.item(index++, at.line(), at.column()), depth + 1)
          .ifPresent(items::add);
    }
    return new Items(location, items, session);
  }

  private Fields fields(MappingNode mapping, Location location, int depth) throws NotYaml {
    Map<String, YamlNode> fields = new LinkedHashMap<>();
    Map<String, Location> keys = new LinkedHashMap<>();
    for (NodeTuple entry : mapping.getValue()) {
      Location keyAt = at(entry.getKeyNode().getStartMark(), "");
      if (!(entry.getKeyNode() instanceof ScalarNode key) || !seen.add(key)) {
        problem(keyAt, "a key must be a single word. Write it as \"key: value\".");
        continue;
      }
      String name = key.getValue();
      Location at = location.child(name, keyAt.line(), keyAt.column());
      Location first = keys.putIfAbsent(name, at);
      if (first != null) {
        problem(
            at,
            Diagnostics.printable(at.key())
                + " is given twice, first in line "
                + first.line()
                + ". Keep one of them.");
        continue;
      }
      Location valueAt = at(entry.getValueNode().getStartMark(), "");
      Location valuePlace = location.child(name, valueAt.line(), valueAt.column());
      Optional<YamlNode> value = convert(entry.getValueNode(), valuePlace, depth + 1);
      value.ifPresent(node -> fields.put(name, node));
    }
    return new Fields(location, fields, keys, session);
  }

  private static boolean isNothing(Node node) {
    return node instanceof ScalarNode scalar
        && scalar.isPlain()
        && Set.of("", "~", "null", "Null", "NULL").contains(scalar.getValue());
  }

  private Location at(Optional<Mark> mark, String key) {
    return mark.map(m -> new Location(file, m.getLine() + 1, m.getColumn() + 1, key))
        .orElse(Location.of(file));
  }

  private void problem(Location location, String sentence) {
    session.problems().add(location, sentence);
  }

  private NotYaml report(Location location, String sentence) {
    problem(location, sentence);
    return new NotYaml();
  }

  /** The file cannot be read on; why is reported. */
  private static final class NotYaml extends Exception {
    private static final long serialVersionUID = 1;

    NotYaml() {
      super(null, null, false, false);
    }
  }
}
