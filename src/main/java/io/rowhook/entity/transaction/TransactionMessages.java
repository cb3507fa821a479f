package io.rowhook.entity.transaction;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.ChangeSink;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.TransactionAggregator;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one transaction says to Rowhook, its messages merged: later keys win. {@code mute} is an
 * order, keys that begin with {@code rowhook.} are Rowhook's own, and all others are the context of
 * its events. Bounded, however many messages there are. The capture thread's.
 */
public final class TransactionMessages {

  /** True: the transaction makes no events. */
  public static final String MUTE = "mute";

  /** How the keys begin that Rowhook keeps for itself. */
  public static final String RESERVED = "rowhook.";

  /** The log's name for whoever gathers them. */
  private static final Logger log = LoggerFactory.getLogger(TransactionAggregator.class);

  private final ObjectNode context = JsonNodeFactory.instance.objectNode();

  /** Bytes of each of its keys, with the value. */
  private final Map<String, Integer> sizes = new HashMap<>();

  private int size;
  private boolean muted;
  private long ignored;
  private @Nullable String rule;

  /** Takes one more. */
  public void add(ObjectNode content) {
    JsonNode mute = content.get(MUTE);
    if (mute != null && !mute.isBoolean()) {
      ignore("its \"mute\" is neither true nor false");
      return;
    }
    Map<String, Integer> added = new LinkedHashMap<>(); // bodies have one order
    int after = size;
    for (Map.Entry<String, JsonNode> field : content.properties()) {
      String key = field.getKey();
      if (!key.equals(MUTE) && !key.startsWith(RESERVED)) {
        int bytes = bytes(Json.text(JsonNodeFactory.instance.textNode(key)), field.getValue());
        added.put(key, bytes);
        after += bytes - sizes.getOrDefault(key, 0);
      }
    }
    if (after > ChangeSink.MAX_MESSAGE_BYTES) {
      ignore(ChangeSink.MESSAGE_TOO_LARGE + ", together with those before it");
      return;
    }
    size = after;
    sizes.putAll(added);
    added.keySet().forEach(key -> context.set(key, content.get(key)));
    muted = mute == null ? muted : mute.booleanValue();
  }

  private static int bytes(String key, JsonNode value) {
    return (key + ":" + Json.text(value) + ",").getBytes(StandardCharsets.UTF_8).length;
  }

  /** Takes note of one that cannot be used. */
  public void ignore(String rule) {
    ignored++;
    this.rule = this.rule == null ? rule : this.rule;
  }

  /** Whether a person may want to know of it. */
  public boolean isNoted() {
    return muted || ignored > 0;
  }

  /** Whether the transaction makes no events. */
  public boolean muted() {
    return muted;
  }

  /** What its events say of it; null: nothing. */
  public @Nullable ObjectNode context() {
    return context.isEmpty() ? null : context;
  }

  /** Logs what could not be used, if anything, once; returns how many messages that were. */
  public long report(Transaction transaction) {
    if (rule != null) {
      log.atWarn()
          .addKeyValue("position", transaction.end())
          .addKeyValue("messages", ignored)
          .log(
              muted
                  ? "Transaction {}: it is muted; of what else it says with the prefix rowhook this is ignored: {}"
                  : "Transaction {}: what it says with the prefix rowhook is ignored, and its row changes go on without it: {}",
              transaction.id(),
              rule);
    }
    return ignored;
  }
}
