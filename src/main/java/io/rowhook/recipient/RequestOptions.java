package io.rowhook.recipient;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a recipient's requests have beyond those of most.
 *
 * @param headers of its own, by name as they are sent, in the order of its file; each value may be
 *     a credential
 */
public record RequestOptions(Map<String, Secret> headers) {

  /** As most recipients want it. */
  public static final RequestOptions DEFAULT = new RequestOptions(Map.of());

  public RequestOptions {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }
}
