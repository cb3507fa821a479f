package io.rowhook.settings.yaml;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.rowhook.base.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * The text of a settings file, as it is shown to whoever may not see its secrets, and taken back
 * from them: layout and comments stay. Immutable.
 */
public final class YamlDocument {

  /** Stands for what is not shown; sent back, it means what was there before. */
  private static final String MASK = SecretMask.MASK;

  private static final Pattern COMMENT = Pattern.compile("#[^\n]*");

  /** What may stand without quotes anywhere. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_/+=.-]+");

  private final String text;
  private final MappingNode root;
  private final ShownValues shown;

  /** Whether each character is one code point. */
  private final boolean isPlain;

  private YamlDocument(String text, MappingNode root, ShownValues shown) {
    this.text = text;
    this.root = root;
    this.shown = shown;
    this.isPlain = text.codePointCount(0, text.length()) == text.length();
  }

  /**
   * Reads one; empty if it is no YAML, or no mapping, so that nobody can tell what in it is secret.
   *
   * @param object the settings that may stand in it
   */
  public static Optional<YamlDocument> of(String text, ObjectSetting<?> object) {
    LoadSettings limits =
        LoadSettings.builder()
            .setCodePointLimit(Yaml.MAX_FILE)
            .setMaxAliasesForCollections(0)
            .build();
    try {
      Iterator<Node> documents = new Compose(limits).composeAllFromString(text).iterator();
      if (documents.hasNext()
          && documents.next() instanceof MappingNode mapping
          && !documents.hasNext()) {
        return Optional.of(new YamlDocument(text, mapping, ShownValues.of(mapping, object)));
      }
    } catch (YamlEngineException | IllegalArgumentException | StackOverflowError e) {
      return Optional.empty(); // whoever reads it as settings says what is wrong
    }
    return Optional.empty();
  }

  /** A mapping as YAML, one key a line. */
  public static String write(ObjectNode json) {
    DumpSettings style =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setSplitLines(false)
            .setUseUnicodeEncoding(true)
            .build();
    return new Dump(style).dumpToString(Json.MAPPER.convertValue(json, Object.class));
  }

  /** The text without secrets. */
  public String masked() {
    List<Replacement> masks = new ArrayList<>();
    shown.each((node, may) -> {
      if (!may.equals(node.getValue())) {
        masks.add(Replacement.of(node, quoted(may)));
      }
    });
    shownComments()
        .forEach((comment, may) -> {
          if (!may.equals(comment.with())) {
            masks.add(new Replacement(comment.from(), comment.to(), may));
          }
        });
    return replaced(masks);
  }

  /** Each comment with what may be shown of it, in order. */
  private Map<Replacement, String> shownComments() {
    List<Replacement> comments = comments();
    List<CommentMask.Range> secrets = new ArrayList<>();
    shown.eachSecret(node ->
        secrets.add(
            new CommentMask.Range(
                offset(node.getStartMark().orElseThrow().getIndex()),
                offset(node.getEndMark().orElseThrow().getIndex()))));
    CommentMask mask =
        new CommentMask(
            text,
            secrets,
            comments.stream()
                .map(one -> new CommentMask.Range(offset(one.from()), offset(one.to())))
                .toList());
    Map<Replacement, String> all = new LinkedHashMap<>();
    comments.forEach(one -> all.put(one, mask.shown(offset(one.from()), one.with())));
    return all;
  }

  /** The same as JSON; comments are not in it. */
  public ObjectNode json() {
    return (ObjectNode) json(root);
  }

  private JsonNode json(Node node) {
    return switch (node) {
      case MappingNode mapping -> {
        ObjectNode object = Json.MAPPER.createObjectNode();
        for (NodeTuple entry : mapping.getValue()) {
          if (entry.getKeyNode() instanceof ScalarNode key) {
            object.set(shown.of(key), json(entry.getValueNode()));
          }
        }
        yield object;
      }
      case SequenceNode sequence -> {
        ArrayNode array = Json.MAPPER.createArrayNode();
        sequence.getValue().forEach(item -> array.add(json(item)));
        yield array;
      }
      case ScalarNode scalar -> value(scalar);
      default -> TextNode.valueOf(MASK);
    };
  }

  private JsonNode value(ScalarNode scalar) {
    String may = shown.of(scalar);
    if (may.equals(scalar.getValue()) && !scalar.getTag().equals(Tag.STR)) {
      if (scalar.getTag().equals(Tag.NULL)) {
        return Json.MAPPER.nullNode();
      }
      try {
        return Json.MAPPER.readTree(may);
      } catch (JsonProcessingException e) {
        return TextNode.valueOf(may); // .inf, 0x10
      }
    }
    return TextNode.valueOf(may);
  }

  /**
   * A text with what it leaves masked as it was before.
   *
   * @param unknown the ways to values that are masked and had no such value before
   */
  public record Restored(String text, List<String> unknown) {}

  /** This one with each mask replaced by what stands at its place in the one before. */
  public Restored restored(Optional<YamlDocument> before) {
    List<Replacement> values = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    shown.eachMaskable((way, node) -> {
      if (node.getValue().contains(MASK)) {
        Optional<ScalarNode> old = before.flatMap(other -> other.shown.at(way));
        if (old.isPresent() && before.orElseThrow().shown.of(old.get()).equals(node.getValue())) {
          values.add(Replacement.of(node, before.orElseThrow().raw(old.get())));
        } else {
          unknown.add(way);
        }
      }
    });
    before.ifPresent(other -> values.addAll(comments(other)));
    return new Restored(replaced(values), unknown);
  }

  /** What masked comments were. Of several that look the same all must be there still. */
  private List<Replacement> comments(YamlDocument before) {
    Map<String, List<String>> were = new HashMap<>();
    before
        .shownComments()
        .forEach((one, may) -> were.computeIfAbsent(may, _ -> new ArrayList<>()).add(one.with()));
    Map<String, List<Replacement>> are =
        comments().stream()
            .filter(one -> one.with().contains(MASK))
            .collect(Collectors.groupingBy(Replacement::with));
    List<Replacement> all = new ArrayList<>();
    are.forEach((masked, places) -> {
      List<String> texts = were.getOrDefault(masked, List.of());
      for (int i = 0; i < places.size() && texts.size() == places.size(); i++) {
        all.add(new Replacement(places.get(i).from(), places.get(i).to(), texts.get(i)));
      }
    });
    return all;
  }

  /** A value as it may stand anywhere: with its quotes, if that is one line. */
  private String raw(ScalarNode node) {
    Replacement place = Replacement.of(node, "");
    String raw = text.substring(offset(place.from()), offset(place.to())).strip();
    boolean isQuoted = raw.startsWith("\"") || raw.startsWith("'");
    return isQuoted && raw.indexOf('\n') < 0 ? raw : quoted(node.getValue());
  }

  private static String quoted(String value) {
    return PLAIN.matcher(value).matches() && !value.startsWith("-")
        ? value
        : Json.text(TextNode.valueOf(value));
  }

  /** What stands between values and begins with a hash. */
  private List<Replacement> comments() {
    List<Replacement> scalars = new ArrayList<>();
    shown.each((node, _) -> scalars.add(value(Replacement.of(node, ""), node)));
    scalars.sort(Comparator.comparingInt(Replacement::from));
    scalars.add(new Replacement(points(text.length()), points(text.length()), ""));
    List<Replacement> comments = new ArrayList<>();
    int from = 0;
    for (Replacement scalar : scalars) {
      int begin = offset(from);
      int end = Math.max(begin, offset(scalar.from()));
      Matcher hash = COMMENT.matcher(text.substring(begin, end));
      while (hash.find()) {
        comments.add(
            new Replacement(
                points(begin + hash.start()), points(begin + hash.end()), hash.group()));
      }
      from = Math.max(from, scalar.to());
    }
    return comments;
  }

  /** Without the line above a block, where a comment may stand. */
  private Replacement value(Replacement place, ScalarNode node) {
    if (node.getScalarStyle() != ScalarStyle.LITERAL
        && node.getScalarStyle() != ScalarStyle.FOLDED) {
      return place;
    }
    int end = text.indexOf('\n', offset(place.from()));
    return end < 0 ? place : new Replacement(Math.min(points(end), place.to()), place.to(), "");
  }

  private int offset(int points) {
    return isPlain ? points : text.offsetByCodePoints(0, points);
  }

  private int points(int offset) {
    return isPlain ? offset : text.codePointCount(0, offset);
  }

  /**
   * A part of the text and what is to stand there.
   *
   * @param from as YAML's parser counts: in code points
   */
  private record Replacement(int from, int to, String with) {

    static Replacement of(ScalarNode node, String with) {
      int from = node.getStartMark().orElseThrow().getIndex();
      return new Replacement(from, node.getEndMark().orElseThrow().getIndex(), with);
    }
  }

  private String replaced(List<Replacement> all) {
    StringBuilder result = new StringBuilder();
    int from = 0;
    all.sort(Comparator.comparingInt(Replacement::from));
    for (Replacement one : all) {
      int begin = offset(one.from());
      int end = offset(one.to());
      if (begin < from) {
        continue; // an alias: it stands where its anchor does
      }
      int trimmed = begin + text.substring(begin, end).stripTrailing().length();
      result.append(text, from, begin).append(one.with());
      from = Math.max(begin, trimmed);
    }
    return result.append(text, from, text.length()).toString();
  }
}
