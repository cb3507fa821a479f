package io.rowhook.webhook.http;

import io.rowhook.recipient.HttpProxy;
import io.rowhook.webhook.AddressPolicy;
import io.rowhook.webhook.HttpHeader;
import io.rowhook.webhook.WebhookClient;
import io.rowhook.webhook.signing.Signer;
import io.rowhook.webhook.signing.WebhookHeaders;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.net.URIAuthority;
import org.apache.hc.core5.util.TimeValue;

/**
 * Opens the connections of a {@link WebhookClient} that has a proxy: to the proxy, and where the
 * recipient speaks TLS through it by {@code CONNECT} (RFC 9110, section 9.3.6). Any thread.
 *
 * <p>The recipient's name is looked up before, and an address that {@link AddressPolicy} refuses is
 * not connected to. But it is the proxy that connects, and finds the address itself: a name that is
 * unknown here is left to it, and nothing holds it to the address that was found here. The proxy's
 * own address is not held against {@link AddressPolicy}, since it was set by whoever operates
 * Rowhook.
 */
public final class ProxyConnector {

  private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

  private final HttpProxy proxy;
  private final GuardedDnsResolver recipients;

  /**
   * Builds it.
   *
   * @param recipients finds what is behind the proxy
   */
  public ProxyConnector(HttpProxy proxy, GuardedDnsResolver recipients) {
    this.proxy = proxy;
    this.recipients = recipients;
  }

  /** What a request that the proxy itself reads begins with. */
  static List<HttpHeader> headers(String authority, HttpProxy proxy) {
    List<HttpHeader> headers = new ArrayList<>();
    headers.add(new HttpHeader("Host", authority));
    proxy
        .credentials()
        .ifPresent(basic ->
            headers.add(new HttpHeader("Proxy-Authorization", Signer.basic(basic).value())));
    return headers;
  }

  /** For a message. */
  public String inWords() {
    return "the proxy " + proxy.at();
  }

  /**
   * What a proxy's refusal means that looks like the recipient's answer: in absolute form both come
   * the same way, but only a proxy answers so.
   */
  public boolean isRefusal(HttpRoute route, int status) {
    return !route.isTunnelled() && status == PROXY_AUTHENTICATION_REQUIRED;
  }

  /** The words for {@link #isRefusal}. */
  public String credentialsRefused() {
    return inWords()
        + (proxy.credentials().isEmpty()
            ? " asks for a user and a password (407); write them into its URL,"
                + " http://user:password@host:port"
            : " does not take the user and password in its URL (407)");
  }

  /**
   * Connects a leased endpoint.
   *
   * @param within the time of the whole call
   * @throws ProxyException if the proxy cannot be reached or refuses
   */
  void connect(
      HttpClientConnectionManager connections,
      ConnectionEndpoint endpoint,
      HttpRoute route,
      TimeValue within,
      HttpClientContext context)
      throws IOException, HttpException {
    check(route.getTargetHost().getHostName());
    try {
      connections.connect(endpoint, within, context);
    } catch (IOException | RuntimeException e) {
      throw new ProxyException(TransportErrors.inWords(e, inWords()), e);
    }
    if (route.isTunnelled()) {
      tunnel(endpoint, route, context);
      connections.upgrade(endpoint, context);
    }
  }

  private void check(String host) throws UnknownHostException {
    try {
      recipients.resolve(host);
    } catch (BlockedAddressException e) {
      throw e;
    } catch (UnknownHostException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
    }
  }

  private void tunnel(ConnectionEndpoint endpoint, HttpRoute route, HttpClientContext context)
      throws ProxyException {
    String authority =
        new URIAuthority(route.getTargetHost().getHostName(), route.getTargetHost().getPort())
            .toString();
    ClassicHttpRequest request = new BasicClassicHttpRequest("CONNECT", "/");
    request.setPath(authority);
    headers(authority, proxy)
        .forEach(header -> request.addHeader(new BasicHeader(header.name(), header.value())));
    request.addHeader(new BasicHeader("User-Agent", WebhookHeaders.USER_AGENT));
    int status;
    try {
      // Its body is not looked at: what is refused is closed, and a tunnel has none.
      status = endpoint.execute("", request, new HttpRequestExecutor()::execute, context).getCode();
    } catch (IOException | HttpException e) {
      throw new ProxyException(inWords() + ": " + TransportErrors.inWords(e, inWords()), e);
    }
    if (status == PROXY_AUTHENTICATION_REQUIRED) {
      throw new ProxyException(credentialsRefused(), null);
    } else if (status / 100 != 2) {
      throw new ProxyException(
          inWords() + " does not connect to " + authority + ": it answered " + status, null);
    }
  }
}
