package io.rowhook.settings;

import io.rowhook.settings.yaml.Yaml;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * The text of a mapping as the blocks that its keys are, so that some of them are taken out,
 * renamed or added, and all else stays as it is written. To a block belong the lines of comments
 * directly above its key, and whatever is indented below it. Immutable.
 */
public final class YamlBlocks {

  /**
   * One key with its value.
   *
   * @param from the first line, of its comment
   * @param line of the key
   * @param to the line after its last
   */
  private record Block(ScalarNode key, int from, int line, int to) {}

  private final List<String> lines;
  private final List<Block> blocks;

  private YamlBlocks(List<String> lines, List<Block> blocks) {
    this.lines = lines;
    this.blocks = blocks;
  }

  /** Takes a text apart; empty: it is no mapping with each key on a line of its own. */
  public static Optional<YamlBlocks> of(String text) {
    List<String> lines = List.of(text.split("(?<=\n)", -1));
    LoadSettings limits = LoadSettings.builder().setCodePointLimit(Yaml.MAX_FILE).build();
    try {
      Iterator<Node> documents = new Compose(limits).composeAllFromString(text).iterator();
      if (!documents.hasNext()) {
        return Optional.of(new YamlBlocks(lines, List.of()));
      }
      if (!(documents.next() instanceof MappingNode root)
          || documents.hasNext()
          || root.getFlowStyle() == FlowStyle.FLOW) {
        return Optional.empty();
      }
      return blocks(lines, root.getValue()).map(blocks -> new YamlBlocks(lines, blocks));
    } catch (YamlEngineException | IllegalArgumentException | StackOverflowError e) {
      return Optional.empty(); // whoever reads it as settings says what is wrong
    }
  }

  private static Optional<List<Block>> blocks(List<String> lines, List<NodeTuple> entries) {
    List<Block> blocks = new ArrayList<>();
    int free = 0;
    for (int i = 0; i < entries.size(); i++) {
      NodeTuple entry = entries.get(i);
      if (!(entry.getKeyNode() instanceof ScalarNode key) || column(key) != 0) {
        return Optional.empty();
      }
      int line = line(key);
      int next = i + 1 < entries.size() ? line(entries.get(i + 1).getKeyNode()) : lines.size();
      int from = line;
      while (from > free && lines.get(from - 1).startsWith("#")) {
        from--;
      }
      int to = Math.max(line + 1, Math.min(next, end(entry.getValueNode())));
      for (int j = to; j < next; j++) {
        if (lines.get(j).startsWith(" ") && !lines.get(j).isBlank()) {
          to = j + 1;
        }
      }
      blocks.add(new Block(key, from, line, to));
      free = to;
    }
    return Optional.of(blocks);
  }

  private static int line(Node node) {
    return node.getStartMark().orElseThrow().getLine();
  }

  private static int column(Node node) {
    return node.getStartMark().orElseThrow().getColumn();
  }

  /**
   * The line after the one that a value ends in; of one in block style that is known by indents.
   */
  private static int end(Node value) {
    boolean block =
        value instanceof MappingNode mapping && mapping.getFlowStyle() == FlowStyle.BLOCK;
    return block ? 0 : value.getEndMark().map(mark -> mark.getLine() + 1).orElse(0);
  }

  /** The keys, in their order. */
  public List<String> keys() {
    return blocks.stream().map(block -> block.key.getValue()).toList();
  }

  /**
   * The text with some blocks left out, others renamed, and more of them behind the last.
   *
   * @param names of each key that stays its new name, or the same
   * @param more whole lines; empty: none
   */
  public String with(Map<String, String> names, String more) {
    StringBuilder text = new StringBuilder();
    int line = 0;
    for (Block block : blocks) {
      line = copy(text, line, block.from);
      String name = names.get(block.key.getValue());
      if (name == null) {
        line = afterBlanks(block.to, text);
      } else {
        copy(text, block.from, block.line);
        int length = length(block.key);
        text.append(name).append(lines.get(block.line).substring(length));
        line = copy(text, block.line + 1, block.to);
      }
    }
    if (!more.isEmpty()) {
      add(text, more);
    }
    copy(text, line, lines.size());
    return text.toString();
  }

  /** What is taken out takes the blank lines below it along, where some stand above it. */
  private int afterBlanks(int to, CharSequence before) {
    int line = to;
    boolean apart = before.isEmpty() || before.toString().endsWith("\n\n");
    while (apart && line < lines.size() - 1 && lines.get(line).isBlank()) {
      line++;
    }
    return line;
  }

  private static void add(StringBuilder text, String more) {
    if (!text.isEmpty() && text.charAt(text.length() - 1) != '\n') {
      text.append('\n');
    }
    if (!text.isEmpty() && !text.toString().endsWith("\n\n")) {
      text.append('\n');
    }
    text.append(more.stripTrailing()).append('\n');
  }

  /** As it is written: in quotes, perhaps. */
  private static int length(ScalarNode key) {
    return key.getEndMark().orElseThrow().getIndex() - key.getStartMark().orElseThrow().getIndex();
  }

  private int copy(StringBuilder text, int from, int to) {
    for (int line = from; line < to; line++) {
      text.append(lines.get(line));
    }
    return to;
  }
}
