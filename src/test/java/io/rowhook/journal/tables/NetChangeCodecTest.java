package io.rowhook.journal.tables;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.entity.NetChange;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetChangeCodecTest {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  @Test
  void everyValueComesBackAsTheSameNode() {
    ObjectNode after = NODES.objectNode();
    after.put("int", 7).put("long", 7L).put("short", (short) 7).put("double", 0.1);
    after.put("float", 0.1f).put("yes", true).put("no", false).putNull("null");
    after.set("big", BigIntegerNode.valueOf(new BigInteger("92233720368547758079")));
    after.set("price", DecimalNode.valueOf(new BigDecimal("19.90")));
    after.set("scale", DecimalNode.valueOf(new BigDecimal("1E+3")));
    after.put("text", "Grüße \0 \uD83D\uDE00").put("bytes", new byte[] {0, -1});
    after.putArray("list").add(1).addNull().addObject().put("a", "b");
    after.putObject("nested").putObject("deeper").put("z", 1L).put("a", 2L);
    NetChange change =
        new NetChange(
            "Order",
            "{\"a\":1}",
            NODES.objectNode().put("a", 1L),
            true,
            NODES.objectNode(),
            after,
            List.of("note", "scan"),
            4_711);

    NetChange back = NetChangeCodec.decode(NetChangeCodec.encode(change));

    assertThat(back).isEqualTo(change);
    assertThat(back.after()).hasToString(after.toString());
  }

  @Test
  void whatIsUnknownOrGoneStaysSo() {
    NetChange change =
        new NetChange("Order", "7", NODES.numberNode(7L), false, null, null, List.of(), 0);

    assertThat(NetChangeCodec.decode(NetChangeCodec.encode(change))).isEqualTo(change);
  }
}
