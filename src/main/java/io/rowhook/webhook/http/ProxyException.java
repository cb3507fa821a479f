package io.rowhook.webhook.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A proxy did not lead to the recipient; the message says why, in words and without secrets. */
public final class ProxyException extends IOException {

  private static final long serialVersionUID = 1;

  ProxyException(String message, @Nullable Exception cause) {
    super(message, cause);
  }
}
