package io.rowhook.journal.tables;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.entity.NetChange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A staged net change as bytes. They do not outlive the process, so they may change at any time.
 */
final class NetChangeCodec {

  private NetChangeCodec() {}

  static byte[] encode(NetChange change) {
    // a text weighs two bytes a character: so a large one is not copied as the buffer grows
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + change.weight() / 2);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      NodeCodec.writeText(out, change.entityType());
      NodeCodec.writeText(out, change.entityId());
      NodeCodec.write(out, change.id());
      out.writeBoolean(change.existed());
      writeObject(out, change.before());
      writeObject(out, change.after());
      out.writeInt(change.unavailable().size());
      for (String attribute : change.unavailable()) {
        NodeCodec.writeText(out, attribute);
      }
      out.writeInt(change.weight());
    } catch (IOException e) {
      throw new UncheckedIOException("a buffer in memory takes everything", e);
    }
    return bytes.toByteArray();
  }

  static NetChange decode(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      String entityType = NodeCodec.readText(in);
      String entityId = NodeCodec.readText(in);
      JsonNode id = NodeCodec.read(in);
      boolean existed = in.readBoolean();
      ObjectNode before = readObject(in);
      ObjectNode after = readObject(in);
      List<String> unavailable = new ArrayList<>();
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        unavailable.add(NodeCodec.readText(in));
      }
      return new NetChange(
          entityType, entityId, id, existed, before, after, unavailable, in.readInt());
    } catch (IOException e) {
      throw new UncheckedIOException("a staged change is read as it was written", e);
    }
  }

  private static void writeObject(DataOutputStream out, @Nullable ObjectNode object)
      throws IOException {
    out.writeBoolean(object != null);
    if (object != null) {
      NodeCodec.write(out, object);
    }
  }

  private static @Nullable ObjectNode readObject(DataInputStream in) throws IOException {
    return in.readBoolean() ? (ObjectNode) NodeCodec.read(in) : null;
  }
}
