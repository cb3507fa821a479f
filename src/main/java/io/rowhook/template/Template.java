package io.rowhook.template;

import io.rowhook.entity.Event;

/**
 * Event in, body out. Rendering the same event with the same set gives the same bytes. Any thread.
 */
public interface Template {

  /** {@code shop/order-status.jslt}, or {@code full} and {@code notify}, which are built in. */
  String name();

  /** SHA-256, in hex, of its source and of all that it imports. */
  String hash();

  /**
   * The body, UTF-8 JSON. Must not be changed by the caller.
   *
   * @throws TemplateException if this event cannot be rendered; trying again is of no use
   */
  byte[] render(Event event) throws TemplateException;
}
