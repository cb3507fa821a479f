package io.rowhook.webhook;

import io.rowhook.base.Finding;
import io.rowhook.base.Finding.Area;
import io.rowhook.base.Finding.Severity;
import io.rowhook.recipient.HttpProxy;
import io.rowhook.recipient.Recipient;
import io.rowhook.template.TemplateLookup;
import io.rowhook.webhook.dispatch.DeliveryWorker;
import io.rowhook.webhook.http.GuardedDnsResolver;
import io.rowhook.webhook.http.RequestRoute;
import io.rowhook.webhook.http.TransportErrors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * Whether a recipient can be reached: its name, its address, a connection, TLS and how long its
 * certificates last. Sends nothing but a handshake; {@link #test} sends a message. Any thread.
 */
public final class RecipientInspection {

  private static final Duration EXPIRES_SOON = Duration.ofDays(30);

  /** A server that misses a client certificate says so right after the handshake (TLS 1.3). */
  private static final int LAST_WORD_MILLIS = 300;

  private static final int CONNECT_MILLIS = 5_000;

  private static final String UNREACHED =
      "Every attempt fails so: webhooks wait in the journal, and the recipient is paused in the end";

  private final Recipient recipient;
  private final InstantSource clock;
  private final List<Finding> found = new ArrayList<>();

  private RecipientInspection(Recipient recipient, InstantSource clock) {
    this.recipient = recipient;
    this.clock = clock;
  }

  /** What there is to be said of it; takes some seconds where nothing answers. */
  public static List<Finding> of(Recipient recipient, InstantSource clock) {
    RecipientInspection inspection = new RecipientInspection(recipient, clock);
    recipient
        .tls()
        .identity()
        .ifPresent(own ->
            inspection.lasts(
                own.chain().getFirst(), "its own client certificate (tls.certificate)"));
    Set<URI> all = new LinkedHashSet<>(List.of(recipient.url()));
    recipient.authentication().oauth2().ifPresent(oauth2 -> all.add(oauth2.tokenUrl()));
    all.forEach(inspection::reach);
    return inspection.found;
  }

  private void reach(URI url) {
    Optional<HttpProxy> proxy = recipient.connection().proxy();
    RequestRoute route = RequestRoute.of(url, proxy);
    String host = route.route().getTargetHost().getHostName();
    int port = route.route().getTargetHost().getPort();
    try {
      if (proxy.isPresent()) {
        HttpProxy through = proxy.get();
        connect(InetAddress.getAllByName(through.host()), through.port()).close();
        add(
            Severity.advice,
            "requests to %s go through the proxy %s, which answers; the recipient behind it was not asked"
                .formatted(route.at(), through.at()),
            "",
            "rowhook check --test sends a test delivery through it");
        return;
      }
      AddressPolicy networks = new AddressPolicy(recipient.allow().networks());
      InetAddress[] addresses =
          new GuardedDnsResolver(networks, InetAddress::getAllByName).resolve(host);
      try (Socket socket = connect(addresses, port)) {
        if ("https".equalsIgnoreCase(url.getScheme())) {
          handshake(socket, host, port);
        }
      }
    } catch (IOException e) {
      String at = proxy.map(HttpProxy::at).orElse(route.at());
      String words = TransportErrors.inWords(e, at);
      Finding told = Finding.of(Severity.error, Area.recipients, place() + words, UNREACHED);
      found.add(
          told.mend().isEmpty()
              ? new Finding(told.severity(), told.area(), told.what(), told.means(), mend(words))
              : told);
    }
  }

  /** To the first address that answers, as attempts do. */
  private static Socket connect(InetAddress[] addresses, int port) throws IOException {
    IOException last = new SocketTimeoutException();
    for (InetAddress address : addresses) {
      Socket socket = new Socket();
      try {
        socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
        return socket;
      } catch (IOException e) {
        socket.close();
        last = e;
      }
    }
    throw last;
  }

  private void handshake(Socket plain, String host, int port) throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            TlsContexts.of(recipient.tls())
                .getSocketFactory()
                .createSocket(plain, host, port, true)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.setSoTimeout(CONNECT_MILLIS);
      try {
        socket.startHandshake();
      } catch (SocketTimeoutException e) {
        add(
            Severity.error,
            "TLS with %s:%d: no answer to the handshake; is it plain HTTP?".formatted(host, port),
            UNREACHED,
            mend("TLS with"));
        return;
      }
      SSLSession session = socket.getSession();
      for (Certificate certificate : session.getPeerCertificates()) {
        if (certificate instanceof X509Certificate x509) {
          lasts(x509, "its server's certificate");
          break; // those that signed it last longer, and are not its own
        }
      }
      socket.setSoTimeout(LAST_WORD_MILLIS);
      try {
        socket.getInputStream().read();
      } catch (SocketTimeoutException e) {
        return; // it waits for a request, which is none of ours
      }
    }
  }

  private String mend(String words) {
    String file = "recipients/" + recipient.name() + ".yaml";
    if (words.contains("is unknown")) {
      return "Mend the host in " + file + ", or have it added to DNS";
    } else if (words.contains("is not trusted")) {
      return "Name the file with the authority that has signed it as tls: {ca: FILE} in "
          + file
          + ", or have the server send its whole chain";
    } else if (words.contains("has expired")) {
      return "Have the server's certificate renewed";
    } else if (words.contains("host name")) {
      return "Mend the host in " + file + ", or have a certificate issued for it";
    } else if (words.contains("TLS with")) {
      return "Mend url or tls in " + file + ", or what answers there";
    }
    return "Start what is to answer there, let this machine through to it, or mend url in " + file;
  }

  private void lasts(X509Certificate certificate, String whose) {
    Duration left = Duration.between(clock.instant(), certificate.getNotAfter().toInstant());
    if (left.compareTo(EXPIRES_SOON) < 0) {
      add(
          left.isNegative() ? Severity.error : Severity.warning,
          "%s%s"
              .formatted(
                  whose,
                  left.isNegative()
                      ? " has expired"
                      : " expires on %s, in %d days"
                          .formatted(
                              certificate.getNotAfter().toInstant().toString().substring(0, 10),
                              left.toDays())),
          "From then on every attempt fails, and webhooks wait in the journal",
          "Have it renewed before");
    }
  }

  private void add(Severity severity, String what, String means, String mend) {
    found.add(new Finding(severity, Area.recipients, place() + what, means, mend));
  }

  private String place() {
    return "recipients/" + recipient.name() + ".yaml: ";
  }

  /** Sends a test delivery, signed and judged as any other; empty: it was acknowledged. */
  public static Optional<Finding> test(Recipient recipient, TemplateLookup sets) {
    try (WebhookClient client = WebhookClient.of(recipient)) {
      TestDelivery test =
          new DeliveryWorker(
                  recipient,
                  SubscriptionMatcher.of(recipient, sets),
                  sets,
                  client,
                  InstantSource.system(),
                  DeliveryListener.NONE,
                  TraceHeaders.NONE,
                  Optional::empty)
              .sample();
      return Optional.ofNullable(test.error())
          .map(error ->
              new Finding(
                  Severity.error,
                  Area.recipients,
                  "recipients/%s.yaml: the test delivery was not acknowledged: %s"
                      .formatted(recipient.name(), error),
                  "Webhooks fail likewise, and are tried again",
                  "Look what the recipient says of the request with the header Rowhook-Test: 1"));
    }
  }
}
