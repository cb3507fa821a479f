package io.rowhook.admin;

import io.rowhook.journal.OperationException;
import io.rowhook.webhook.Field;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends a recipient a signed sample, marked as a test; the webhook room does it. */
public interface SampleSender {

  /**
   * What went out and what came back.
   *
   * @param headers of the request
   * @param status the answer's; null: there was none
   * @param error why it was not acknowledged, in words; null: it was
   * @param answer its first bytes; null: none
   * @param took until it was judged
   */
  record Sample(
      List<Field> headers,
      @Nullable Integer status,
      @Nullable String error,
      @Nullable String answer,
      Duration took) {}

  /**
   * Sends it, also while the recipient is held.
   *
   * @throws OperationException if there is no such recipient
   */
  Sample send(String recipient) throws OperationException, InterruptedException;
}
