package io.rowhook.webhook;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.rowhook.recipient.TlsConfig;
import io.rowhook.testing.Certificates;
import io.rowhook.testing.Certificates.Issued;
import io.rowhook.webhook.http.HttpResult;
import io.rowhook.webhook.http.HttpResult.NoResponse;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;

/** A server that speaks TLS. It keeps who called: the client certificate's subject, or nobody. */
final class TlsServer implements AutoCloseable {

  static final Duration LIMIT = Duration.ofSeconds(10);
  static final Certificates ALL = Certificates.get();
  static final TlsConfig OWN = new TlsConfig(List.of(ALL.ca.certificate()), Optional.empty());

  final List<String> clients = new CopyOnWriteArrayList<>();
  volatile String location = "";
  private final HttpsServer server;

  TlsServer(Issued own, boolean needsClient) throws Exception {
    X509Certificate ca = ALL.ca.certificate();
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(own.serving(ca)) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLContext context = getSSLContext();
            SSLParameters ssl = context.getDefaultSSLParameters();
            ssl.setNeedClientAuth(needsClient);
            parameters.setSSLParameters(ssl);
          }
        });
    server.createContext(
        "/",
        exchange -> {
          clients.add(client((HttpsExchange) exchange));
          exchange.getRequestBody().readAllBytes();
          if (!location.isEmpty()) {
            exchange.getResponseHeaders().add("Location", location);
          }
          exchange.sendResponseHeaders(location.isEmpty() ? 200 : 307, -1);
          exchange.close();
        });
    server.start();
  }

  private static String client(HttpsExchange exchange) {
    try {
      return exchange.getSSLSession().getPeerPrincipal().getName();
    } catch (SSLPeerUnverifiedException e) {
      return "nobody";
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  URI url(String host) {
    return URI.create("https://" + host + ":" + port() + "/?secret=xyz");
  }

  HttpResult postedWith(TlsConfig tls, String host) {
    try (WebhookClient client =
        new WebhookClient(AddressPolicy.ANY, Optional.of(TlsContexts.of(tls)))) {
      return client.post(url(host), List.of(), new byte[] {'{', '}'}, LIMIT);
    }
  }

  NoResponse failure(String host, String what) {
    return new NoResponse("TLS with " + host + ":" + port() + ": " + what);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
