package io.rowhook.webhook.http;

import io.rowhook.webhook.WebhookClient;
import io.rowhook.webhook.http.HttpResult.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.DefaultConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionReuseStrategy;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer over a kept or a new connection of {@link WebhookClient}'s: what of
 * HttpClient is wanted. The rest of it, redirects, retries, cookies and so on, would all be off,
 * and costs a quarter of a request's processor time even so (measured). Used once; any thread may
 * cancel it.
 */
public final class HttpCall implements Cancellable {

  private static final ConnectionReuseStrategy REUSE = DefaultConnectionReuseStrategy.INSTANCE;
  private static final HttpRequestExecutor EXECUTOR = new HttpRequestExecutor(REUSE);

  /** There is always one to be had; this is for the pool's lock. */
  private static final Timeout LEASED_WITHIN = Timeout.ofMinutes(1);

  private final HttpClientConnectionManager connections;
  private final @Nullable ProxyConnector proxy; // null: without one
  private final HttpClientContext context = HttpClientContext.create();
  private volatile @Nullable ConnectionEndpoint endpoint;
  private volatile boolean cancelled;

  public HttpCall(HttpClientConnectionManager connections, @Nullable ProxyConnector proxy) {
    this.connections = connections;
    this.proxy = proxy;
  }

  /**
   * Sends the request, which has all its headers, and waits for the answer. If a reused connection
   * breaks before the first byte of an answer, the request is sent once more, over a new one: its
   * other end had closed it, as it may at any time (RFC 9112, section 9.3.1).
   *
   * @param within the time of the whole call, of which connecting may take a share
   */
  public Response run(HttpRoute route, ClassicHttpRequest request, Duration within)
      throws IOException, HttpException {
    try {
      return once(route, request, within, false);
    } catch (StaleConnectionException _) {
      return once(route, request, within, true);
    }
  }

  private Response once(
      HttpRoute route, ClassicHttpRequest request, Duration within, boolean onNewConnection)
      throws IOException, HttpException {
    ConnectionEndpoint leased = lease(route);
    TimeValue kept = null;
    try {
      endpoint = leased;
      if (cancelled) {
        throw new InterruptedIOException("cancelled");
      }
      if (onNewConnection && leased.isConnected()) {
        leased.close(CloseMode.IMMEDIATE);
      }
      boolean reused = leased.isConnected();
      if (!reused) {
        connect(leased, route, TimeValue.ofMilliseconds(within.toMillis()));
      }
      ClassicHttpResponse response =
          leased.execute("", request, reused ? this::executeOnReused : EXECUTOR::execute, context);
      byte[] body = body(response);
      if (body.length <= WebhookClient.ANSWER_LIMIT
          && REUSE.keepAlive(request, response, context)) {
        kept = DefaultConnectionKeepAliveStrategy.INSTANCE.getKeepAliveDuration(response, context);
      }
      return new Response(
          response.getCode(),
          value(response.getFirstHeader("Retry-After")),
          value(response.getFirstHeader("Location")),
          value(response.getFirstHeader("Webhook-Delivery")),
          body);
    } finally {
      if (kept == null) {
        leased.close(CloseMode.IMMEDIATE); // else closing would read the rest, however long
      }
      connections.release(leased, null, kept == null ? TimeValue.ZERO_MILLISECONDS : kept);
    }
  }

  private void connect(ConnectionEndpoint leased, HttpRoute route, TimeValue within)
      throws IOException, HttpException {
    if (proxy == null) {
      connections.connect(leased, within, context);
    } else {
      proxy.connect(connections, leased, route, within, context);
    }
  }

  private ClassicHttpResponse executeOnReused(
      ClassicHttpRequest request, HttpClientConnection connection, HttpContext ofCall)
      throws IOException, HttpException {
    EndpointDetails details = connection.getEndpointDetails(); // counts on after it is closed
    long before = details == null ? 0 : details.getReceivedBytesCount();
    try {
      return EXECUTOR.execute(request, connection, ofCall);
    } catch (IOException e) {
      boolean nothingCame = details == null || details.getReceivedBytesCount() == before;
      if (nothingCame && !cancelled && !Thread.currentThread().isInterrupted()) {
        throw new StaleConnectionException(e);
      }
      throw e;
    }
  }

  /** A reused connection broke before the first byte of an answer. */
  private static final class StaleConnectionException extends IOException {
    private static final long serialVersionUID = 1L;

    StaleConnectionException(IOException cause) {
      super(cause);
    }
  }

  private ConnectionEndpoint lease(HttpRoute route) throws IOException {
    try {
      return connections.lease("", route, LEASED_WITHIN, null).get(LEASED_WITHIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(e);
    }
  }

  private static byte[] body(ClassicHttpResponse response) throws IOException {
    HttpEntity entity = response.getEntity();
    if (entity == null) {
      return new byte[0];
    }
    long length = entity.getContentLength(); // negative: unknown, and room is made for 16 KB
    int most = WebhookClient.ANSWER_LIMIT + 1;
    InputStream content = entity.getContent();
    return content.readNBytes(length < 0 ? most : (int) Math.min(length, most));
  }

  private static Optional<String> value(@Nullable Header header) {
    return header == null ? Optional.empty() : Optional.ofNullable(header.getValue());
  }

  @Override
  public boolean cancel() {
    cancelled = true;
    ConnectionEndpoint busy = endpoint;
    if (busy != null) {
      busy.close(CloseMode.IMMEDIATE);
    }
    return true;
  }
}
