package io.rowhook;

/**
 * Who is told what happens; nobody in production.
 *
 * @param capture of the loop in
 * @param webhook of the loop out
 */
public record Observers(
    io.rowhook.capture.CaptureListener capture, io.rowhook.webhook.DeliveryListener webhook) {
  public static final Observers NONE =
      new Observers(
          new io.rowhook.capture.CaptureListener() {},
          new io.rowhook.webhook.DeliveryListener() {});
}
