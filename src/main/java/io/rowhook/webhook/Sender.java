package io.rowhook.webhook;

import io.rowhook.recipient.Format;
import io.rowhook.recipient.Method;
import io.rowhook.recipient.Processing;
import io.rowhook.recipient.Tls;
import io.rowhook.webhook.Reply.Silence;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.URIAuthority;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Makes the request of one attempt and brings back what was answered; {@link Judge} says what that
 * means. One for each recipient, with connections of its own: a recipient that hangs has only its
 * own to exhaust. Any thread; virtual ones are what it is made for.
 *
 * <p>One call is one request on the wire: nothing is redirected, unpacked, cached or remembered in
 * here, and no proxy of the system is asked. There is one exception: a reused connection that
 * breaks before the first byte of an answer says nothing about the recipient, so the request is
 * sent once more at once, over a new connection and within the same time. Of a host's several
 * addresses the next one is tried if one does not answer; see {@link FailoverConnector}.
 */
public final class Sender implements AutoCloseable {

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
  private static final Header KEEP_ALIVE = new BasicHeader("Connection", "keep-alive");
  private static final String[] TLS_VERSIONS = {"TLSv1.3", "TLSv1.2"};

  private final PoolingHttpClientConnectionManager connections;
  private volatile @Nullable Target target; // of the last request: mostly of the next one too

  /** What of a URL each request needs. */
  private record Target(URI url, HttpRoute route, Header host, String path) {

    static Target of(URI url) {
      HttpHost host = Sender.host(url);
      boolean secure = URIScheme.HTTPS.same(host.getSchemeName());
      String authority = new URIAuthority(host.getHostName(), host.getPort()).toString();
      HttpHost withPort = RoutingSupport.normalize(host, DefaultSchemePortResolver.INSTANCE);
      return new Target(
          url,
          new HttpRoute(withPort, null, secure),
          new BasicHeader("Host", authority),
          Sender.target(url));
    }
  }

  /** Trusts whom the JDK trusts. */
  public Sender(Networks networks) {
    this(networks, Optional.empty());
  }

  /**
   * Builds the client.
   *
   * @param networks where it may connect to
   * @param tls whom to trust and who to be; empty: the JDK's own
   */
  public Sender(Networks networks, Optional<SSLContext> tls) {
    this(networks, tls, InetAddress::getAllByName);
  }

  /** The same, with another way to find a host's addresses. */
  Sender(Networks networks, Optional<SSLContext> tls, Resolver.LookUp lookUp) {
    connections =
        new FailoverConnections(new Resolver(networks, lookUp))
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
                    tls.orElseGet(() -> Handshake.of(Tls.DEFAULT)),
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
            // The courier limits what is in flight; the pool must never be what makes it wait.
            .setMaxConnPerRoute(2 * Processing.MAX_JOBS)
            .setMaxConnTotal(2 * Processing.MAX_JOBS)
            .build();
  }

  /** Posts JSON; see the other. */
  public Reply post(URI url, List<Field> fields, byte[] body, Duration within) {
    return send(new RequestTarget(Method.POST, url), fields, Format.json, body, within);
  }

  /**
   * Sends one request and waits for the answer.
   *
   * @param where path and query of its URL are sent byte for byte
   * @param fields every header but {@code Host}, {@code Content-*} and {@code Connection}
   * @param format what the body is
   * @param body the bytes that were signed
   * @param within for the whole call; beyond it the call is cut off
   */
  Reply send(RequestTarget where, List<Field> fields, Format format, byte[] body, Duration within) {
    URI url = where.url();
    Target to = target;
    if (to == null || !to.url.equals(url)) {
      to = Target.of(url);
      target = to;
    }
    ClassicHttpRequest request = new BasicClassicHttpRequest(where.method().name(), "/");
    request.setPath(to.path); // as it is: the constructor would read it as a URL
    request.addHeader(to.host);
    for (Field field : fields) {
      request.addHeader(new BasicHeader(field.name(), field.value()));
    }
    request.addHeader(new BasicHeader("Content-Length", Integer.toString(body.length)));
    request.addHeader(new BasicHeader("Content-Type", format.contentType()));
    request.addHeader(KEEP_ALIVE);
    request.setEntity(new ByteArrayEntity(body, null));
    Exchange exchange = new Exchange(connections);
    try (Deadline deadline = new Deadline(within, exchange)) {
      try {
        return exchange.run(to.route, request, within);
      } catch (IOException | HttpException | RuntimeException e) {
        return new Silence(
            deadline.passed()
                ? "no complete answer within " + inWords(within)
                : Faults.inWords(e, to.host.getValue()));
      }
    }
  }

  /** Closes connections that have long had nothing to do; for whoever notices that it is quiet. */
  void closeIdle() {
    connections.closeIdle(KEPT_IDLE);
  }

  /** Closes all connections, also those in use. */
  @Override
  public void close() {
    connections.close(CloseMode.IMMEDIATE);
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
  static String target(URI url) {
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

  static String inWords(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + "s"
        : duration.toMillis() + "ms";
  }

  /** The builder has no setter for what connects. */
  private static final class FailoverConnections extends PoolingHttpClientConnectionManagerBuilder {
    private final Resolver resolver;

    FailoverConnections(Resolver resolver) {
      this.resolver = resolver;
    }

    @Override
    protected HttpClientConnectionOperator createConnectionOperator(
        SchemePortResolver ports, DnsResolver ignored, TlsSocketStrategy tls) {
      return new FailoverConnector(resolver, ports, tls);
    }
  }
}
