package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.entity.Event;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.JournalQueries;
import io.rowhook.template.BodyRenderer;
import io.rowhook.template.TemplateException;
import io.rowhook.template.TemplateLookup;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The body that the last attempt of a delivery sent: rendered again from the event with the
 * attribute set of then, and compared with the hash that was noted. Bodies themselves are not kept.
 * The event is that which the recipient gets: merged, if others were skipped in its favour.
 *
 * @param body null: it cannot be shown
 * @param why null: these are the bytes that were sent; else what is in the way
 */
record BodyReconstruction(@Nullable String body, @Nullable String why) {

  static BodyReconstruction of(
      TemplateLookup sets, Event event, List<JournalQueries.Logged> attempts) {
    Attempt last = null;
    for (JournalQueries.Logged logged : attempts) {
      last = logged.attempt().bodySha256() != null ? logged.attempt() : last;
    }
    if (last == null || last.attributeSet() == null) {
      return new BodyReconstruction(null, "nothing was sent: no attempt got as far as a request");
    }
    Optional<BodyRenderer> set = BodyRenderer.byHash(sets, last.attributeSet());
    if (set.isEmpty()) {
      return new BodyReconstruction(null, "the attribute set of then was not kept");
    }
    try {
      byte[] body = set.get().render(event);
      return new BodyReconstruction(
          new String(body, StandardCharsets.UTF_8),
          sha256(body).equals(last.bodySha256())
              ? null
              : "rendered again it is not what was sent: the hashes differ");
    } catch (TemplateException e) {
      return new BodyReconstruction(null, "it cannot be rendered again: " + e.getMessage());
    }
  }

  /** Puts it into an answer. */
  void show(ObjectNode json) {
    json.put("body", body).put("bodyIsAsSent", why == null).put("bodyTrouble", why);
  }

  private static String sha256(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
