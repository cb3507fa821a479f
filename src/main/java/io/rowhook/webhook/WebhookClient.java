package io.rowhook.webhook;

import io.rowhook.base.Durations;
import io.rowhook.recipient.BodyFormat;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.HttpProxy;
import io.rowhook.recipient.Method;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.TlsConfig;
import io.rowhook.webhook.http.AccessTokens;
import io.rowhook.webhook.http.BlockedAddressException;
import io.rowhook.webhook.http.CallTimeout;
import io.rowhook.webhook.http.FailoverConnector;
import io.rowhook.webhook.http.GuardedDnsResolver;
import io.rowhook.webhook.http.HttpCall;
import io.rowhook.webhook.http.HttpResult;
import io.rowhook.webhook.http.HttpResult.NoResponse;
import io.rowhook.webhook.http.HttpResult.Response;
import io.rowhook.webhook.http.ProxyConnector;
import io.rowhook.webhook.http.ProxyException;
import io.rowhook.webhook.http.RequestRoute;
import io.rowhook.webhook.http.RequestTarget;
import io.rowhook.webhook.http.TransportErrors;
import io.rowhook.webhook.policy.ResponseClassifier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Makes the request of one attempt and brings back what was answered; {@link ResponseClassifier}
 * says what that means. One for each recipient, with connections of its own: a recipient that hangs
 * has only its own to exhaust. Any thread; virtual ones are what it is made for.
 *
 * <p>One call is one request on the wire: nothing is redirected, unpacked, cached or remembered in
 * here, and no proxy is asked but the one that was set. There is one exception: a reused connection
 * that breaks before the first byte of an answer says nothing about the recipient, so the request
 * is sent once more at once, over a new connection and within the same time. Of a host's several
 * addresses the next one is tried if one does not answer; see {@link FailoverConnector}.
 */
public final class WebhookClient implements AutoCloseable {

  /** How much of an answer is read; then the connection is closed. */
  public static final int ANSWER_LIMIT = 64 * 1024;

  /** For each way of a connection; what is larger goes past it. There may be thousands of them. */
  private static final int BUFFER = 2 * 1024;

  private static final int HEAD_LINE_LIMIT = 8 * 1024;
  private static final int HEAD_LINES = 200;

  /** A connection that was idle for longer is asked whether it is still there; costs 1 ms. */
  private static final TimeValue TRUSTED_IDLE = TimeValue.ofMilliseconds(200);

  /** So that a changed address, or a network no longer allowed, takes effect on busy ones too. */
  private static final TimeValue CONNECTION_LIFE = TimeValue.ofMinutes(5);

  private static final TimeValue KEPT_IDLE = TimeValue.ofSeconds(30);
  private static final Duration IDLE_LOOK = Duration.ofSeconds(10);
  private static final Header KEEP_ALIVE = new BasicHeader("Connection", "keep-alive");
  private static final String[] TLS_VERSIONS = {"TLSv1.3", "TLSv1.2"};

  private final PoolingHttpClientConnectionManager connections;
  private final AccessTokens accessTokens = new AccessTokens(this);
  private final Optional<HttpProxy> proxy;
  private final @Nullable ProxyConnector proxyConnector; // null: without a proxy
  private long idleClosed = System.nanoTime();
  private volatile @Nullable RequestRoute route; // of the last request: mostly the next one's too

  /** As a recipient's settings say. */
  public static WebhookClient of(Recipient recipient) {
    return new WebhookClient(
        new AddressPolicy(recipient.allow().networks()),
        Optional.of(TlsContexts.of(recipient.tls())),
        recipient.connection().proxy());
  }

  /** Trusts whom the JDK trusts. */
  public WebhookClient(AddressPolicy networks) {
    this(networks, Optional.empty());
  }

  /**
   * Builds the client.
   *
   * @param networks where it may connect to
   * @param tls whom to trust and who to be; empty: the JDK's own
   */
  public WebhookClient(AddressPolicy networks, Optional<SSLContext> tls) {
    this(networks, tls, Optional.empty());
  }

  /**
   * The same, through a proxy.
   *
   * @param networks where it may connect to; the proxy itself may be anywhere
   */
  public WebhookClient(
      AddressPolicy networks, Optional<SSLContext> tls, Optional<HttpProxy> proxy) {
    this(networks, tls, proxy, InetAddress::getAllByName);
  }

  /** The same, with another way to find a host's addresses. */
  WebhookClient(
      AddressPolicy networks,
      Optional<SSLContext> tls,
      Optional<HttpProxy> proxy,
      GuardedDnsResolver.LookUp lookUp) {
    GuardedDnsResolver recipients = new GuardedDnsResolver(networks, lookUp);
    this.proxy = proxy;
    this.proxyConnector = proxy.map(one -> new ProxyConnector(one, recipients)).orElse(null);
    this.connections =
        new FailoverConnections(
                proxy.isEmpty() ? recipients : new GuardedDnsResolver(AddressPolicy.ANY, lookUp))
            .setConnectionFactory(
                ManagedHttpClientConnectionFactory.builder()
                    .http1Config(
                        Http1Config.custom()
                            .setBufferSize(BUFFER)
                            .setMaxLineLength(HEAD_LINE_LIMIT)
                            .setMaxHeaderCount(HEAD_LINES)
                            .build())
                    // HttpClient's own would look for HTTP behind any rubbish.
                    .responseParserFactory(new DefaultHttpResponseParserFactory())
                    .build())
            .setTlsSocketStrategy(
                new DefaultClientTlsStrategy(
                    tls.orElseGet(() -> TlsContexts.of(TlsConfig.DEFAULT)),
                    TLS_VERSIONS,
                    null,
                    SSLBufferMode.STATIC,
                    HostnameVerificationPolicy.BOTH,
                    HttpsSupport.getDefaultHostnameVerifier()))
            .setDefaultConnectionConfig(
                ConnectionConfig.custom()
                    .setValidateAfterInactivity(TRUSTED_IDLE)
                    .setTimeToLive(CONNECTION_LIFE)
                    .setSocketTimeout(Timeout.DISABLED) // the deadline is for the whole call
                    .build())
            .setDefaultSocketConfig(
                SocketConfig.custom().setSoTimeout(Timeout.DISABLED).setTcpNoDelay(true).build())
            // The dispatcher limits what is in flight; the pool must never be what makes it wait.
            .setMaxConnPerRoute(2 * DeliveryMode.MAX_JOBS)
            .setMaxConnTotal(2 * DeliveryMode.MAX_JOBS)
            .build();
  }

  /** Posts JSON; see the other. */
  public HttpResult post(URI url, List<HttpHeader> headers, byte[] body, Duration within) {
    return send(new RequestTarget(Method.POST, url), headers, BodyFormat.json, body, within);
  }

  /**
   * Sends one request and waits for the answer.
   *
   * @param where path and query of its URL are sent byte for byte
   * @param headers every header but {@code Host}, {@code Content-*} and {@code Connection}
   * @param format what the body is
   * @param body the bytes that were signed
   * @param within for the whole call; beyond it the call is cut off
   */
  public HttpResult send(
      RequestTarget where,
      List<HttpHeader> headers,
      BodyFormat format,
      byte[] body,
      Duration within) {
    return send(where, headers, format.contentType(), body, within);
  }

  /** The same with a body of any kind. */
  public HttpResult send(
      RequestTarget where,
      List<HttpHeader> headers,
      String contentType,
      byte[] body,
      Duration within) {
    URI url = where.url();
    RequestRoute to = route;
    if (to == null || !to.url().equals(url)) {
      to = RequestRoute.of(url, proxy);
      route = to;
    }
    ClassicHttpRequest request = new BasicClassicHttpRequest(where.method().name(), "/");
    request.setPath(to.path()); // as it is: the constructor would read it as a URL
    for (HttpHeader header : to.headers()) {
      request.addHeader(new BasicHeader(header.name(), header.value()));
    }
    for (HttpHeader header : headers) {
      request.addHeader(new BasicHeader(header.name(), header.value()));
    }
    request.addHeader(new BasicHeader("Content-Length", Integer.toString(body.length)));
    request.addHeader(new BasicHeader("Content-Type", contentType));
    request.addHeader(KEEP_ALIVE);
    request.setEntity(new ByteArrayEntity(body, null));
    HttpCall call = new HttpCall(connections, proxyConnector);
    try (CallTimeout timeout = new CallTimeout(within, call)) {
      try {
        return judged(to, call.run(to.route(), request, within));
      } catch (IOException | HttpException | RuntimeException e) {
        return new NoResponse(
            timeout.passed()
                ? "no complete answer within " + Durations.of(within) + through()
                : inWords(e, to));
      }
    }
  }

  private String inWords(Exception fault, RequestRoute to) {
    boolean saysAll = fault instanceof ProxyException || fault instanceof BlockedAddressException;
    return TransportErrors.inWords(fault, to.at()) + (saysAll ? "" : through());
  }

  /** An answer that is the proxy's own is none of the recipient's. */
  private HttpResult judged(RequestRoute to, Response response) {
    return proxyConnector != null && proxyConnector.isRefusal(to.route(), response.status())
        ? new NoResponse(proxyConnector.credentialsRefused())
        : response;
  }

  /** Ends the reason of a failure. */
  private String through() {
    return proxyConnector == null ? "" : ", through " + proxyConnector.inWords();
  }

  /** Those of the recipient, which last longer than its settings. */
  public AccessTokens accessTokens() {
    return accessTokens;
  }

  /**
   * Closes connections that have long had nothing to do, if it is time to look; for whoever notices
   * that it is quiet. One thread.
   */
  public void closeIdle() {
    long now = System.nanoTime();
    if (now - idleClosed > IDLE_LOOK.toNanos()) {
      idleClosed = now;
      connections.closeIdle(KEPT_IDLE);
    }
  }

  /** Closes all connections, also those in use. */
  @Override
  public void close() {
    connections.close(CloseMode.IMMEDIATE);
  }

  /** The builder has no setter for what connects. */
  private static final class FailoverConnections extends PoolingHttpClientConnectionManagerBuilder {
    private final GuardedDnsResolver resolver;

    FailoverConnections(GuardedDnsResolver resolver) {
      this.resolver = resolver;
    }

    @Override
    protected HttpClientConnectionOperator createConnectionOperator(
        SchemePortResolver ports, DnsResolver ignored, TlsSocketStrategy tls) {
      return new FailoverConnector(resolver, ports, tls);
    }
  }
}
