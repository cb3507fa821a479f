package io.rowhook.webhook.http;

import io.rowhook.recipient.HttpProxy;
import io.rowhook.webhook.HttpHeader;
import io.rowhook.webhook.WebhookClient;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.net.URIAuthority;

/**
 * What of a URL each request to it needs: made once by {@link WebhookClient} for many requests.
 * Pure.
 *
 * @param url as it is set
 * @param route to the host, through the proxy where there is one
 * @param path the request line's target (RFC 9112, section 3.2): path and query, and through a
 *     proxy without a tunnel the absolute form
 * @param headers {@code Host}, and what a proxy without a tunnel is shown
 * @param at host and port, for a message
 */
public record RequestRoute(
    URI url, HttpRoute route, String path, List<HttpHeader> headers, String at) {

  public static RequestRoute of(URI url, Optional<HttpProxy> proxy) {
    HttpHost host = host(url);
    String authority = new URIAuthority(host.getHostName(), host.getPort()).toString();
    HttpHost withPort = RoutingSupport.normalize(host, DefaultSchemePortResolver.INSTANCE);
    HttpHeader hostField = new HttpHeader("Host", authority);
    boolean secure = URIScheme.HTTPS.same(host.getSchemeName());
    if (proxy.isEmpty()) {
      HttpRoute direct = new HttpRoute(withPort, null, secure);
      return new RequestRoute(url, direct, path(url), List.of(hostField), authority);
    }
    HttpHost through = new HttpHost("http", proxy.get().host(), proxy.get().port());
    HttpRoute route = new HttpRoute(withPort, null, through, secure);
    return secure
        ? new RequestRoute(url, route, path(url), List.of(hostField), authority)
        : new RequestRoute(
            url,
            route,
            "http://" + authority + path(url),
            ProxyConnector.headers(authority, proxy.get()),
            authority);
  }

  private static HttpHost host(URI url) {
    String name = String.valueOf(url.getHost());
    boolean v6 = name.startsWith("[") && name.endsWith("]");
    return new HttpHost(
        url.getScheme(), v6 ? name.substring(1, name.length() - 1) : name, url.getPort());
  }

  /**
   * Path and query as they stand in the URL; what HTTP cannot carry there goes as UTF-8, encoded.
   */
  public static String path(URI url) {
    String path = url.getRawPath();
    String query = url.getRawQuery();
    String whole =
        (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
    if (whole.chars().allMatch(c -> c < 0x80)) {
      return whole;
    }
    StringBuilder out = new StringBuilder(whole.length() + 16);
    for (byte b : whole.getBytes(StandardCharsets.UTF_8)) {
      if (b >= 0) {
        out.append((char) b);
      } else {
        out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return out.toString();
  }
}
