package io.rowhook.webhook.http;

import io.rowhook.webhook.WebhookClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Opens the connections of one recipient's {@link WebhookClient}: to the address that worked last,
 * and if it does not answer, to the host's next one within the same call. Any thread.
 *
 * <p>Of n addresses each but the last may take one part in n + 1 of the call's time to connect, and
 * as much for TLS, at least {@link #SHORTEST_SHARE}; the last one may take all that is left. So one
 * address that swallows packets does not use up the call.
 */
public final class FailoverConnector extends DefaultHttpClientConnectionOperator {

  /** A connection to another continent takes no longer. */
  private static final long SHORTEST_SHARE = 250; // milliseconds

  private final GuardedDnsResolver resolver;
  private volatile @Nullable InetAddress lastGood;

  public FailoverConnector(
      GuardedDnsResolver resolver, SchemePortResolver ports, TlsSocketStrategy tls) {
    super(
        _ -> new Socket(Proxy.NO_PROXY), // else the JVM's SOCKS proxy is asked
        ports,
        resolver,
        RegistryBuilder.<TlsSocketStrategy>create().register(URIScheme.HTTPS.id, tls).build());
    this.resolver = resolver;
  }

  /**
   * Connects to the first address that answers.
   *
   * @param within the time of the whole call
   * @throws IOException what the last address came to
   */
  @Override
  public void connect(
      ManagedHttpClientConnection connection,
      HttpHost host,
      NamedEndpoint name,
      @Nullable Path unixSocket,
      InetSocketAddress local,
      Timeout within,
      SocketConfig socketConfig,
      Object attachment,
      HttpContext context)
      throws IOException {
    List<InetAddress> addresses = List.copyOf(ordered(resolver.resolve(host.getHostName())));
    Timeout share = share(within, addresses.size());
    TlsConfig limited = TlsConfig.custom().setHandshakeTimeout(share).build();
    for (int i = 0; i < addresses.size(); i++) {
      InetAddress address = addresses.get(i);
      boolean last = i == addresses.size() - 1;
      HttpHost there =
          new HttpHost(host.getSchemeName(), address, host.getHostName(), host.getPort());
      try {
        super.connect(
            connection,
            there,
            name,
            unixSocket,
            local,
            last ? within : share,
            socketConfig,
            last ? attachment : limited,
            context);
        lastGood = address;
        return;
      } catch (IOException e) {
        // Interrupted: the deadline has passed, and the socket was closed under it.
        if (last || Thread.currentThread().isInterrupted()) {
          throw e;
        }
      }
    }
  }

  private SequencedSet<InetAddress> ordered(InetAddress... found) {
    SequencedSet<InetAddress> all = new LinkedHashSet<>(Arrays.asList(found));
    InetAddress good = lastGood;
    if (good != null && all.contains(good)) {
      all.addFirst(good);
    }
    return all;
  }

  private static Timeout share(Timeout within, int addresses) {
    return Timeout.ofMilliseconds(
        Math.max(SHORTEST_SHARE, within.toMilliseconds() / (addresses + 1)));
  }
}
