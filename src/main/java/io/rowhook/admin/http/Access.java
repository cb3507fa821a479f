package io.rowhook.admin.http;

import io.rowhook.admin.api.ApiException;
import io.rowhook.admin.api.Caller;
import io.rowhook.admin.api.Problem;
import io.rowhook.admin.api.ProblemType;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Who may ask what at one listener. Any thread. */
public interface Access {

  /**
   * What a request says of where it comes from.
   *
   * @param host that it is for, as its header has it
   * @param origin the page that made it; null: none
   * @param site what a browser says of that page: {@code Sec-Fetch-Site}; null: nothing
   * @param authorization null: none
   * @param address of who asks; {@code unix} for a Unix socket
   */
  record Asked(
      String host,
      @Nullable String origin,
      @Nullable String site,
      @Nullable String authorization,
      String address) {}

  /**
   * Refuses what is meant for another host: a page in a browser that was led here by a name of its
   * own.
   *
   * @throws ApiException if it is
   */
  void checkHost(Asked asked) throws ApiException;

  /**
   * Tells who asks; without a token maybe nobody, who may nothing.
   *
   * @throws ApiException if there is a token, and it is no good
   */
  Caller caller(Asked asked) throws ApiException;

  /**
   * Refuses what a page of another origin asks for.
   *
   * @throws ApiException if it does
   */
  static void checkOrigin(Asked asked) throws ApiException {
    String origin = asked.origin();
    String site = asked.site();
    if (origin != null && !asked.host().equalsIgnoreCase(authority(origin))) {
      throw new ApiException(
          ProblemType.FORBIDDEN, "a page of another origin, " + origin + ", may not ask here");
    }
    if (site != null && !site.equals("same-origin") && !site.equals("none")) {
      throw new ApiException(ProblemType.FORBIDDEN, "a page of another site may not ask here");
    }
  }

  private static @Nullable String authority(String origin) {
    try {
      return URI.create(origin).getAuthority();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** The token of a request; null: it has none. */
  static @Nullable String token(Asked asked) {
    String authorization = asked.authorization();
    String scheme = "Bearer ";
    return authorization != null && authorization.regionMatches(true, 0, scheme, 0, scheme.length())
        ? authorization.substring(scheme.length()).strip()
        : null;
  }

  /** That a token is needed, and why the one that came, if any did, is none. */
  static ApiException unauthorized(String detail, boolean wrong) {
    return new ApiException(
        Problem.of(ProblemType.UNAUTHORIZED, detail)
            .with(
                "WWW-Authenticate",
                "Bearer realm=\"rowhook\"" + (wrong ? ", error=\"invalid_token\"" : "")));
  }
}
