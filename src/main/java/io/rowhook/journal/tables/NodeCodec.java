package io.rowhook.journal.tables;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BinaryNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.FloatNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.ShortNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A JSON tree as bytes, and back as exactly the same nodes.
 *
 * <p>JSON text would not do: read again, a long that fits becomes an int and a double a decimal,
 * which are not equal to what they were, and so would count as changed.
 */
final class NodeCodec {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private NodeCodec() {}

  static void write(DataOutputStream out, JsonNode node) throws IOException {
    switch (node) {
      case NullNode n -> out.writeByte('0');
      case BooleanNode n -> out.writeByte(n.booleanValue() ? 't' : 'f');
      case ShortNode n -> {
        out.writeByte('h');
        out.writeShort(n.shortValue());
      }
      case IntNode n -> {
        out.writeByte('i');
        out.writeInt(n.intValue());
      }
      case LongNode n -> {
        out.writeByte('l');
        out.writeLong(n.longValue());
      }
      case BigIntegerNode n -> {
        out.writeByte('b');
        writeBytes(out, n.bigIntegerValue().toByteArray());
      }
      case DecimalNode n -> {
        out.writeByte('n');
        out.writeInt(n.decimalValue().scale());
        writeBytes(out, n.decimalValue().unscaledValue().toByteArray());
      }
      case FloatNode n -> {
        out.writeByte('g');
        out.writeFloat(n.floatValue());
      }
      case DoubleNode n -> {
        out.writeByte('d');
        out.writeDouble(n.doubleValue());
      }
      case TextNode n -> {
        out.writeByte('s');
        writeText(out, n.textValue());
      }
      case BinaryNode n -> {
        out.writeByte('x');
        writeBytes(out, n.binaryValue());
      }
      case ArrayNode n -> {
        out.writeByte('[');
        out.writeInt(n.size());
        for (JsonNode item : n) {
          write(out, item);
        }
      }
      case ObjectNode n -> {
        out.writeByte('{');
        out.writeInt(n.size());
        for (Map.Entry<String, JsonNode> property : n.properties()) {
          writeText(out, property.getKey());
          write(out, property.getValue());
        }
      }
      default -> throw new IllegalArgumentException("no JSON value: " + node.getNodeType());
    }
  }

  static JsonNode read(DataInputStream in) throws IOException {
    int kind = in.readByte();
    return switch (kind) {
      case '0' -> NODES.nullNode();
      case 't' -> NODES.booleanNode(true);
      case 'f' -> NODES.booleanNode(false);
      case 'h' -> NODES.numberNode(in.readShort());
      case 'i' -> NODES.numberNode(in.readInt());
      case 'l' -> NODES.numberNode(in.readLong());
      case 'b' -> NODES.numberNode(new BigInteger(readBytes(in)));
      case 'n' -> decimal(in);
      case 'g' -> NODES.numberNode(in.readFloat());
      case 'd' -> NODES.numberNode(in.readDouble());
      case 's' -> NODES.textNode(readText(in));
      case 'x' -> NODES.binaryNode(readBytes(in));
      case '[' -> array(in);
      case '{' -> object(in);
      default -> throw new IOException("no kind of JSON value: " + kind);
    };
  }

  private static JsonNode decimal(DataInputStream in) throws IOException {
    int scale = in.readInt();
    return DecimalNode.valueOf(new BigDecimal(new BigInteger(readBytes(in)), scale));
  }

  private static ArrayNode array(DataInputStream in) throws IOException {
    int size = in.readInt();
    ArrayNode array = NODES.arrayNode(size);
    for (int i = 0; i < size; i++) {
      array.add(read(in));
    }
    return array;
  }

  private static ObjectNode object(DataInputStream in) throws IOException {
    int size = in.readInt();
    ObjectNode object = NODES.objectNode();
    for (int i = 0; i < size; i++) {
      String key = readText(in);
      object.set(key, read(in));
    }
    return object;
  }

  static void writeText(DataOutputStream out, String text) throws IOException {
    writeBytes(out, text.getBytes(StandardCharsets.UTF_8));
  }

  static String readText(DataInputStream in) throws IOException {
    return new String(readBytes(in), StandardCharsets.UTF_8);
  }

  private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] readBytes(DataInputStream in) throws IOException {
    return in.readNBytes(in.readInt());
  }
}
