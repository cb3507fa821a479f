package io.rowhook.admin.preview;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.journal.JournalEntry;
import io.rowhook.recipient.Recipient;
import io.rowhook.webhook.DeliveryPreview;
import io.rowhook.webhook.HttpHeader;
import java.nio.charset.StandardCharsets;

/** What a recipient would be sent, as an answer. Pure. */
public final class PreviewView {

  private PreviewView() {}

  /** As JSON; without what is secret. */
  public static ObjectNode json(Recipient to, JournalEntry entry, DeliveryPreview preview) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("recipient", to.name())
        .put("event", entry.event().id())
        .put("sequence", entry.sequence())
        .put("entity", entry.event().entityType())
        .put("id", entry.event().entityId())
        .put("type", entry.event().type().name())
        .put("wanted", preview.wanted());
    ArrayNode why = json.putArray("why");
    preview.why().forEach(why::add);
    ArrayNode missing = json.putArray("missing");
    preview.missing().forEach(missing::add);
    json.put("attributeSet", preview.attributeSet())
        .put("method", preview.method())
        .put("url", preview.url());
    ArrayNode headers = json.putArray("headers");
    for (HttpHeader header : preview.headers()) {
      headers.addObject().put("name", header.name()).put("value", header.value());
    }
    byte[] body = preview.body();
    return json.put("body", body == null ? null : new String(body, StandardCharsets.UTF_8))
        .put("trouble", preview.trouble());
  }
}
