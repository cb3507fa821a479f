package io.rowhook.template.jslt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.schibsted.spt.data.jslt.Function;
import com.schibsted.spt.data.jslt.impl.BuiltinFunctions;
import com.schibsted.spt.data.jslt.impl.NodeUtils;
import io.rowhook.entity.Event;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * JSLT's functions whose results would differ from call to call, made repeatable: the same event
 * renders to the same bytes at any time. {@code now()} is the commit's time; {@code random()} and
 * {@code uuid()} are seeded by the event's id and give the same value wherever one body asks.
 */
public final class JsltFunctions {

  /** The event being rendered, for the thread that renders it; a recipient's answer has none. */
  public static final ScopedValue<Event> EVENT = ScopedValue.newInstance();

  /** All that templates and conditions have beside JSLT's own. */
  public static final List<Function> ALL =
      Stream.of(
              List.of(new Now(), new RandomNumber(), new RandomUuid(), new Sha256()),
              DecimalFunctions.ALL,
              TimeFunctions.ALL,
              RegexFunctions.ALL)
          .flatMap(List::stream)
          .map(Function.class::cast)
          .toList();

  private JsltFunctions() {}

  /** Seconds since 1970, as JSLT's own. */
  private static final class Now extends Named {
    Now() {
      super("now", 0);
    }

    @Override
    public JsonNode call(JsonNode input, JsonNode[] arguments) {
      Instant now = EVENT.isBound() ? EVENT.get().committedAt() : Instant.now();
      return new DoubleNode(now.toEpochMilli() / 1000.0);
    }
  }

  private static final class RandomNumber extends Named {
    RandomNumber() {
      super("random", 0);
    }

    @Override
    public JsonNode call(JsonNode input, JsonNode[] arguments) {
      UUID seed = seed();
      return new DoubleNode(new Random(seed.getMostSignificantBits()).nextDouble());
    }
  }

  private static final class RandomUuid extends Named {
    private final Function original = new BuiltinFunctions.Uuid();

    RandomUuid() {
      super("uuid", 2);
    }

    @Override
    public JsonNode call(JsonNode input, JsonNode[] arguments) {
      return arguments.length == 0
          ? new TextNode(seed().toString())
          : original.call(input, arguments);
    }
  }

  /** JSLT's own has one digest for all threads, which so spoil each other's. */
  private static final class Sha256 extends Named {
    Sha256() {
      super("sha256-hex", 1);
    }

    @Override
    public int getMinArguments() {
      return 1;
    }

    @Override
    public JsonNode call(JsonNode input, JsonNode[] arguments) {
      if (arguments[0].isNull()) {
        return NullNode.instance;
      }
      try {
        byte[] text = NodeUtils.toString(arguments[0], false).getBytes(StandardCharsets.UTF_8);
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(text);
        return new TextNode(HexFormat.of().formatHex(hash));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }
  }

  private static UUID seed() {
    return EVENT.isBound()
        ? UUID.nameUUIDFromBytes(EVENT.get().id().getBytes(StandardCharsets.UTF_8))
        : UUID.randomUUID();
  }

  private abstract static class Named implements Function {
    private final String name;
    private final int maxArguments;

    Named(String name, int maxArguments) {
      this.name = name;
      this.maxArguments = maxArguments;
    }

    @Override
    public String getName() {
      return name;
    }

    @Override
    public int getMinArguments() {
      return 0;
    }

    @Override
    public int getMaxArguments() {
      return maxArguments;
    }
  }
}
