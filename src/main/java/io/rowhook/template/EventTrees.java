package io.rowhook.template;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import io.rowhook.entity.Event;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events as trees, for the conditions and templates of all recipients: an event is parsed once, as
 * long as it is among those asked for last. A tree must not be changed by whoever reads it. Any
 * thread.
 */
public final class EventTrees {

  /** Of JSON whose trees are kept; a tree takes some ten times as much. */
  private static final long MOST_BYTES = 256L << 10;

  /** A larger event is parsed each time: it would drive out all others. */
  private static final int LARGEST_BYTES = 32 << 10;

  /** One for the process, as the events' JSON is shared by all recipients. */
  private static final EventTrees SHARED = new EventTrees();

  private final Map<Bytes, Tree> trees = new LinkedHashMap<>(); // the oldest first; guarded by this
  private long bytes; // guarded by this

  EventTrees() {}

  /**
   * Returns an event's JSON as a tree, which must not be changed.
   *
   * @throws TemplateException if it is not JSON
   */
  public static JsonNode of(Event event) throws TemplateException {
    return SHARED.tree(event.json());
  }

  JsonNode tree(byte[] json) throws TemplateException {
    return (json.length > LARGEST_BYTES ? new Tree(json) : kept(new Bytes(json))).parsed();
  }

  private synchronized Tree kept(Bytes key) {
    Tree tree = trees.get(key);
    if (tree == null) {
      tree = new Tree(key.json);
      trees.put(key, tree);
      bytes += key.json.length;
      Iterator<Bytes> oldest = trees.keySet().iterator();
      while (bytes > MOST_BYTES) {
        bytes -= oldest.next().json.length;
        oldest.remove();
      }
    }
    return tree;
  }

  /** The bytes themselves, not others that say the same. */
  @SuppressWarnings({"ArrayRecordComponent", "ReferenceEquality"}) // the same array is meant
  private record Bytes(byte[] json) {

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Bytes(byte[] its) && its == json;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(json);
    }
  }

  private static final class Tree {
    private final byte[] json;
    private @Nullable JsonNode parsed; // guarded by this

    Tree(byte[] json) {
      this.json = json;
    }

    synchronized JsonNode parsed() throws TemplateException {
      JsonNode tree = parsed;
      if (tree == null) {
        try {
          tree = Json.MAPPER.readTree(json);
        } catch (IOException e) {
          throw new TemplateException("the event in the journal is not JSON", e);
        }
        parsed = tree;
      }
      return tree;
    }
  }
}
