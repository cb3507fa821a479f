package io.rowhook.admin.http;

import io.rowhook.admin.api.ApiException;
import io.rowhook.admin.api.Problem;
import io.rowhook.admin.api.ProblemType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets nobody guess: after ten wrong tokens from an address within a minute no token from there is
 * looked at until that minute is over. Of IPv6 an address is what one subscriber has, a /64. Any
 * thread.
 */
final class WrongTokens {

  static final int MOST = 10;
  static final Duration WITHIN = Duration.ofMinutes(1);

  /** Those that were wrong the longest ago are forgotten first. */
  private static final int ADDRESSES = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(WrongTokens.class);

  private record Window(Instant begin, int count) {}

  private final InstantSource clock;
  private final Map<String, Window> byAddress =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
          return size() > ADDRESSES;
        }
      };

  WrongTokens(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Refuses an address from where too many came.
   *
   * @throws ApiException if so
   */
  synchronized void check(String address) throws ApiException {
    Window window = byAddress.get(network(address));
    Instant now = clock.instant();
    if (window != null && window.count >= MOST && now.isBefore(window.begin.plus(WITHIN))) {
      long wait = Duration.between(now, window.begin.plus(WITHIN)).toSeconds() + 1;
      throw new ApiException(
          Problem.of(
                  ProblemType.TOO_MANY_TOKENS,
                  "there were " + MOST + " wrong tokens from here within a minute: wait")
              .with("Retry-After", Long.toString(wait)));
    }
  }

  /** There was one more. */
  synchronized void add(String address) {
    Instant now = clock.instant();
    Window before = byAddress.remove(network(address)); // and to the end, as the newest
    Window next =
        before != null && now.isBefore(before.begin.plus(WITHIN))
            ? new Window(before.begin, before.count + 1)
            : new Window(now, 1);
    byAddress.put(network(address), next);
    if (next.count == MOST) {
      LOG.warn(
          "{} wrong tokens came from {} within a minute: whoever asks from there waits until it is"
              + " over",
          MOST,
          network(address));
    }
  }

  private static String network(String address) {
    String[] groups = address.split(":", -1);
    return groups.length < 8
        ? address
        : String.join(":", groups[0], groups[1], groups[2], groups[3]);
  }
}
