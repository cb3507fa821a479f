package io.rowhook.admin.preview;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.recipient.Authentication.SignatureScheme;
import io.rowhook.recipient.Recipient;
import io.rowhook.webhook.HttpHeader;
import io.rowhook.webhook.TestDelivery;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/** A test delivery as an answer of the service: without what proves who has sent it. Pure. */
public final class SampleView {

  /** Headers that say what a request is about; what is not among them may be a credential. */
  private static final Set<String> SHOWN =
      Set.of("user-agent", "content-type", "webhook-id", "webhook-timestamp");

  /** Of a signature, which is no secret but could be sent again for some minutes. */
  private static final int SIGNATURE_SHOWN = 12;

  private SampleView() {}

  public static ObjectNode json(TestDelivery sample, Recipient recipient) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("method", sample.method()).put("url", sample.url());
    ArrayNode headers = json.putArray("headers");
    for (HttpHeader header : sample.headers()) {
      headers.addObject().put("name", header.name()).put("value", shown(header, recipient));
    }
    return json.put("body", new String(sample.body(), StandardCharsets.UTF_8))
        .put("status", sample.status())
        .put("error", sample.error())
        .put("answer", sample.answer())
        .put("tookMillis", sample.took().toMillis())
        .put("acknowledged", sample.error() == null);
  }

  private static String shown(HttpHeader header, Recipient recipient) {
    String name = header.name().toLowerCase(Locale.ROOT);
    if (SHOWN.contains(name) || name.startsWith("rowhook-")) {
      return header.value();
    }
    if (!isSignature(name, recipient)) {
      return "***";
    }
    return header.value().length() <= SIGNATURE_SHOWN
        ? header.value()
        : header.value().substring(0, SIGNATURE_SHOWN) + "...";
  }

  private static boolean isSignature(String name, Recipient recipient) {
    String own =
        recipient
            .authentication()
            .hmac()
            .map(hmac -> hmac.header().toLowerCase(Locale.ROOT))
            .orElse("");
    return name.equals(SignatureScheme.standard.defaultHeader().toLowerCase(Locale.ROOT))
        || (!own.isEmpty() && (name.equals(own) || name.equals(own + "-previous")));
  }
}
