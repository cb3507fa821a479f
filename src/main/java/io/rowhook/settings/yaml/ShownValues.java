package io.rowhook.settings.yaml;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * What may be shown of each value in a file, by the settings that may stand there. A value that no
 * setting is known for is not shown: it may be a secret under a misspelt key.
 */
final class ShownValues {

  private final IdentityHashMap<ScalarNode, String> shown = new IdentityHashMap<>();

  /**
   * Values that not all may be shown of, by their way; also those that happen to be shown whole.
   */
  private final Map<String, ScalarNode> maskable = new LinkedHashMap<>();

  /** Values that are secret or may be, and the keys on the way to them. */
  private final Set<Node> secrets = Collections.newSetFromMap(new IdentityHashMap<>());

  private final Deque<Node> keys = new ArrayDeque<>();

  private ShownValues() {}

  static ShownValues of(MappingNode root, ObjectSetting<?> object) {
    ShownValues all = new ShownValues();
    all.mapping(root, object, "");
    return all;
  }

  /** What may be shown of a value or key. */
  String of(ScalarNode node) {
    return shown.getOrDefault(node, SecretMask.MASK);
  }

  void each(BiConsumer<ScalarNode, String> one) {
    shown.forEach(one);
  }

  /** Each value that is secret or may be, and each key on the way to one. */
  void eachSecret(Consumer<Node> one) {
    secrets.forEach(one);
  }

  private void secret(ScalarNode value) {
    secrets.add(value);
    secrets.addAll(keys);
  }

  /** Each value that has or may have a mask, with the way to it. */
  void eachMaskable(BiConsumer<String, ScalarNode> one) {
    maskable.forEach(one);
  }

  Optional<ScalarNode> at(String way) {
    return Optional.ofNullable(maskable.get(way));
  }

  private void mapping(MappingNode mapping, ObjectSetting<?> object, String way) {
    for (NodeTuple entry : mapping.getValue()) {
      String name = entry.getKeyNode() instanceof ScalarNode key ? key.getValue() : "";
      keys.push(entry.getKeyNode());
      Optional<Setting<?>> setting = object.at(name);
      if (setting.isPresent()) {
        show(entry.getKeyNode(), UnaryOperator.identity());
        value(entry.getValueNode(), setting.get().value(), way(way, name));
      } else {
        show(entry.getKeyNode(), SecretMask::key);
        hide(entry.getValueNode(), way(way, name));
      }
      keys.pop();
    }
  }

  private void value(Node node, Value<?> value, String way) {
    switch (value) {
      case Value.One<?> one when node instanceof ScalarNode scalar -> one(scalar, one, way);
      case Value.Many<?> many when node instanceof ScalarNode scalar ->
          one(scalar, many.item(), way);
      case Value.Many<?> many when node instanceof SequenceNode sequence -> {
        int index = 0;
        for (Node item : sequence.getValue()) {
          value(item, many.item(), way + "[" + index++ + "]");
        }
      }
      case Value.Mapping inner when node instanceof MappingNode mapping ->
          mapping(mapping, inner.object(), way);
      case Value.MappingOr inner when node instanceof MappingNode mapping ->
          mapping(mapping, inner.object(), way);
      case Value.MappingOr inner -> value(node, inner.shortcut(), way);
      case Value.Mappings inner when node instanceof SequenceNode sequence -> {
        int index = 0;
        for (Node item : sequence.getValue()) {
          String at = way + "[" + index++ + "]";
          if (item instanceof MappingNode mapping) {
            mapping(mapping, inner.object(), at);
          } else {
            hide(item, at);
          }
        }
      }
      case Value.Named inner when node instanceof MappingNode mapping -> {
        for (NodeTuple entry : mapping.getValue()) {
          String name = entry.getKeyNode() instanceof ScalarNode key ? key.getValue() : "";
          show(entry.getKeyNode(), SecretMask::key);
          keys.push(entry.getKeyNode());
          value(entry.getValueNode(), inner.each(), way(way, name));
          keys.pop();
        }
      }
      default -> hide(node, way);
    }
  }

  private void one(ScalarNode scalar, Value.One<?> one, String way) {
    shown.merge(scalar, one.shown(scalar.getValue()), ShownValues::less);
    if (one.mask().isPresent()) {
      maskable.put(way, scalar);
    }
    if (one.isSecret()) {
      secret(scalar);
    }
  }

  private static String way(String above, String name) {
    return above.isEmpty() ? name : above + "." + name;
  }

  private void show(Node key, UnaryOperator<String> mask) {
    if (key instanceof ScalarNode scalar) {
      shown.merge(scalar, mask.apply(scalar.getValue()), ShownValues::less);
    } else {
      hide(key, "");
    }
  }

  /** All values in it; keys may be shown as far as they are none. */
  private void hide(Node node, String way) {
    switch (node) {
      case ScalarNode scalar -> {
        shown.put(scalar, scalar.getValue().isEmpty() ? "" : SecretMask.MASK);
        maskable.put(way, scalar);
        secret(scalar);
      }
      case SequenceNode sequence -> {
        int index = 0;
        for (Node item : sequence.getValue()) {
          hide(item, way + "[" + index++ + "]");
        }
      }
      case MappingNode mapping -> {
        for (NodeTuple entry : mapping.getValue()) {
          String name = entry.getKeyNode() instanceof ScalarNode key ? key.getValue() : "";
          show(entry.getKeyNode(), SecretMask::key);
          keys.push(entry.getKeyNode());
          hide(entry.getValueNode(), way(way, name));
          keys.pop();
        }
      }
      default -> throw new IllegalStateException("YAML has no other kind of node");
    }
  }

  /** Where one value stands in two places, by an alias. */
  private static String less(String one, String other) {
    return one.contains(SecretMask.MASK) ? one : other;
  }
}
