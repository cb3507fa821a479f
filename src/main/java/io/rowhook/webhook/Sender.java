package io.rowhook.webhook;

import io.rowhook.recipient.Format;
import io.rowhook.recipient.Processing;
import io.rowhook.recipient.Tls;
import io.rowhook.webhook.Reply.Answer;
import io.rowhook.webhook.Reply.Silence;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.Closer;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.apache.hc.core5.util.TimeValue;
import org.jspecify.annotations.Nullable;

/**
 * Makes the POST of one attempt and brings back what was answered; {@link Judge} says what that
 * means. One for each recipient, with connections of its own: a recipient that hangs has only its
 * own to exhaust. Any thread; virtual ones are what it is made for.
 *
 * <p>One call is one request on the wire: nothing is retried, redirected, unpacked, cached or
 * remembered in here, and no proxy of the system is asked. So a kept connection that its other end
 * closes at that very moment is a failed attempt like any other; connections that were idle are
 * asked first, which makes it rare.
 */
public final class Sender implements AutoCloseable {

  /** How much of an answer is read; then the connection is closed. */
  public static final int ANSWER_LIMIT = 64 * 1024;

  private static final int HEAD_LINE_LIMIT = 8 * 1024;
  private static final int HEAD_LINES = 200;

  /** A connection that was idle for longer is asked whether it is still there; costs 1 ms. */
  private static final TimeValue TRUSTED_IDLE = TimeValue.ofMilliseconds(200);

  /** So that a changed address, or a network no longer allowed, takes effect on busy ones too. */
  private static final TimeValue CONNECTION_LIFE = TimeValue.ofMinutes(5);

  private static final TimeValue KEPT_IDLE = TimeValue.ofSeconds(30);
  private static final String[] TLS_VERSIONS = {"TLSv1.3", "TLSv1.2"};

  private final PoolingHttpClientConnectionManager connections;
  private final CloseableHttpClient client;

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
        new DirectConnections()
            .setConnectionFactory(
                ManagedHttpClientConnectionFactory.builder()
                    .http1Config(
                        Http1Config.custom()
                            .setMaxLineLength(HEAD_LINE_LIMIT)
                            .setMaxHeaderCount(HEAD_LINES)
                            .build())
                    // HttpClient's own would look for HTTP behind any rubbish.
                    .responseParserFactory(new DefaultHttpResponseParserFactory())
                    .build())
            .setDnsResolver(new Resolver(networks, lookUp))
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
                    .build())
            // The courier limits what is in flight; the pool must never be what makes it wait.
            .setMaxConnPerRoute(2 * Processing.MAX_JOBS)
            .setMaxConnTotal(2 * Processing.MAX_JOBS)
            .build();
    client =
        HttpClientBuilder.create()
            .setConnectionManager(connections)
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setExpectContinueEnabled(false)
                    .setRedirectsEnabled(false)
                    .setAuthenticationEnabled(false)
                    .setContentCompressionEnabled(false)
                    .setProtocolUpgradeEnabled(false)
                    .build())
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableCookieManagement()
            .disableContentCompression()
            .disableAuthCaching()
            .disableConnectionState()
            .disableDefaultUserAgent()
            .build();
  }

  /** Sends JSON; see the other. */
  public Reply post(URI url, List<Field> fields, byte[] body, Duration within) {
    return post(url, fields, Format.json, body, within);
  }

  /**
   * Sends one request and waits for the answer.
   *
   * @param url path and query are sent byte for byte
   * @param fields every header but {@code Host}, {@code Content-*} and {@code Connection}
   * @param format what the body is
   * @param body the bytes that were signed
   * @param within for the whole call; beyond it the call is cut off
   */
  public Reply post(URI url, List<Field> fields, Format format, byte[] body, Duration within) {
    HttpHost host = host(url);
    HttpUriRequestBase request = new HttpUriRequestBase("POST", URI.create("/"));
    request.setPath(target(url));
    for (Field field : fields) {
      request.addHeader(new BasicHeader(field.name(), field.value()));
    }
    request.setEntity(new ByteArrayEntity(body, ContentType.parse(format.contentType())));
    try (Deadline deadline = new Deadline(within, request)) {
      try {
        return call(host, request);
      } catch (IOException | HttpException | RuntimeException e) {
        return new Silence(
            deadline.passed()
                ? "no complete answer within " + inWords(within)
                : Faults.inWords(e, host.toHostString()));
      }
    }
  }

  private Reply call(HttpHost host, HttpUriRequestBase request) throws IOException, HttpException {
    ClassicHttpResponse response = client.executeOpen(host, request, null);
    try {
      byte[] body = new byte[0];
      HttpEntity entity = response.getEntity();
      if (entity != null) {
        InputStream content = entity.getContent(); // closed with the response
        body = content.readNBytes(ANSWER_LIMIT + 1);
        if (body.length > ANSWER_LIMIT) {
          request.cancel(); // else closing it would read the rest, however long
        }
      }
      return new Answer(
          response.getCode(),
          value(response.getFirstHeader("Retry-After")),
          value(response.getFirstHeader("Location")),
          body);
    } finally {
      Closer.closeQuietly(response); // what counts has been read
    }
  }

  /** Closes connections that have long had nothing to do; for whoever notices that it is quiet. */
  void closeIdle() {
    connections.closeIdle(KEPT_IDLE);
  }

  /** Closes all connections, also those in use. */
  @Override
  public void close() {
    client.close(CloseMode.IMMEDIATE);
    connections.close(CloseMode.IMMEDIATE);
  }

  private static Optional<String> value(@Nullable Header header) {
    return header == null ? Optional.empty() : Optional.ofNullable(header.getValue());
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

  /**
   * Connects straight to the address that was checked: without this the JVM's SOCKS proxy is asked.
   */
  private static final class DirectConnections extends PoolingHttpClientConnectionManagerBuilder {
    @Override
    protected HttpClientConnectionOperator createConnectionOperator(
        SchemePortResolver ports, DnsResolver resolver, TlsSocketStrategy tls) {
      return new DefaultHttpClientConnectionOperator(
          _ -> new Socket(Proxy.NO_PROXY),
          ports,
          resolver,
          RegistryBuilder.<TlsSocketStrategy>create().register(URIScheme.HTTPS.id, tls).build());
    }
  }
}
