package io.rowhook.recipient;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a recipient's requests have beyond those of most.
 *
 * @param headers of its own, by name as they are sent, in the order of its file; each value may be
 *     a credential
 * @param line method and path, where its subscriptions say nothing of them
 * @param maxBody empty: bodies may have any size
 * @param integers how those beyond 2^53 are written in JSON
 * @param batch empty: one event a request
 * @param unchanged what becomes of what it has already; {@code skip} only without a batch
 */
public record RequestOptions(
    Map<String, Secret> headers,
    RequestLine line,
    Optional<BodyLimit> maxBody,
    Integers integers,
    Optional<BatchConfig> batch,
    Unchanged unchanged) {

  /** As most recipients want it. */
  public static final RequestOptions DEFAULT = withHeaders(Map.of());

  public RequestOptions {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /** One that is sent everything. */
  public RequestOptions(
      Map<String, Secret> headers,
      RequestLine line,
      Optional<BodyLimit> maxBody,
      Integers integers,
      Optional<BatchConfig> batch) {
    this(headers, line, maxBody, integers, batch, Unchanged.send);
  }

  /** As most recipients want it, with headers of its own. */
  public static RequestOptions withHeaders(Map<String, Secret> headers) {
    return new RequestOptions(
        headers, RequestLine.OPEN, Optional.empty(), Integers.number, Optional.empty());
  }
}
