package io.rowhook.webhook.dispatch;

import io.rowhook.entity.Event;
import io.rowhook.recipient.BodyLimit;
import io.rowhook.recipient.BodyLimit.Then;
import io.rowhook.template.BodyRenderer;
import io.rowhook.template.TemplateException;
import io.rowhook.webhook.DeliveryPreview;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * The bytes of a body, and what made them, which is what an attempt notes. Made by {@link
 * DeliveryWorker} and {@link DeliveryPreview}.
 *
 * @param set renders the same bytes of the same event at any time; without a limit
 * @param bytes as they are signed and sent; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RenderedBody(BodyRenderer set, byte[] bytes) {

  /**
   * Renders a body within the set's limit.
   *
   * @throws TemplateException if the set breaks off, or the body is too large
   */
  public static RenderedBody of(BodyRenderer set, Event event) throws TemplateException {
    Optional<BodyLimit> limit = set.limit();
    RenderedBody body = whole(set, event);
    if (limit.isEmpty() || body.fits(limit.get())) {
      return body;
    }
    if (limit.get().then() == Then.notify) {
      RenderedBody instead = whole(set.asNotify(), event);
      if (instead.fits(limit.get())) {
        return instead;
      }
      throw new TemplateException(tooLarge(body, limit.get()) + ", and so is notify in its place");
    }
    throw new TemplateException(tooLarge(body, limit.get()));
  }

  /** The bodies of several, as a JSON array. */
  public static byte[] array(List<RenderedBody> bodies) {
    int length = 1;
    for (RenderedBody body : bodies) {
      length += body.bytes.length + 1;
    }
    ByteBuffer array = ByteBuffer.allocate(length);
    byte before = '[';
    for (RenderedBody body : bodies) {
      array.put(before).put(body.bytes);
      before = ',';
    }
    return array.put((byte) ']').array();
  }

  private static RenderedBody whole(BodyRenderer set, Event event) throws TemplateException {
    try {
      return new RenderedBody(set.unlimited(), set.render(event));
    } catch (CancellationException e) {
      throw e; // Rowhook stops; it is no fault of the set
    } catch (RuntimeException | StackOverflowError e) {
      // Its message may quote a value.
      throw new TemplateException(
          "the attribute set " + set.name() + " broke off: " + e.getClass().getSimpleName());
    }
  }

  /** Of a request that it is alone in. */
  private int size() {
    return bytes.length + (set.array() ? 2 : 0);
  }

  private boolean fits(BodyLimit limit) {
    return size() <= limit.bytes();
  }

  private static String tooLarge(RenderedBody body, BodyLimit limit) {
    return "the body has "
        + body.size()
        + " bytes, more than max-body allows, which is "
        + limit.bytes();
  }
}
