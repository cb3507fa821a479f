package io.rowhook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.recipient.Authentication.Basic;
import io.rowhook.recipient.HttpProxy;
import io.rowhook.recipient.Secret;
import io.rowhook.recipient.TlsConfig;
import io.rowhook.testing.Certificates;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Request;
import io.rowhook.testing.TestProxy;
import io.rowhook.webhook.http.HttpResult;
import io.rowhook.webhook.http.HttpResult.NoResponse;
import io.rowhook.webhook.http.HttpResult.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Requests through a real proxy, to real receivers with and without TLS. */
@Tag("feature-63")
class ProxyTest {

  private static final Certificates ALL = Certificates.get();
  private static final TlsConfig OWN =
      new TlsConfig(List.of(ALL.ca.certificate()), Optional.empty());
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final byte[] BODY = {'{', '}'};

  /** Of {@code erp:p@ss}. */
  private static final String CREDENTIALS = "Basic ZXJwOnBAc3M=";

  private final TestProxy proxy = new TestProxy();

  @AfterEach
  void close() throws IOException {
    proxy.close();
  }

  @Test
  void sendsInAbsoluteFormWithoutTls() {
    proxy.asking(CREDENTIALS);
    try (Receiver shop = new Receiver();
        WebhookClient client = client(AddressPolicy.PUBLIC, credentials())) {
      int port = shop.url("/").getPort();
      // Nobody but the proxy knows this name.
      URI url = URI.create("http://shop.example:" + port + "/h%2Fx?secret=xyz");
      assertThat(post(client, url)).isInstanceOf(Response.class);
      assertThat(proxy.heads())
          .singleElement()
          .asString()
          .startsWith("POST http://shop.example:" + port + "/h%2Fx?secret=xyz HTTP/1.1\r\n")
          .contains("\r\nHost: shop.example:" + port + "\r\n");
      assertThat(shop.requests())
          .singleElement()
          .satisfies(request -> {
            assertThat(request.target()).isEqualTo("/h%2Fx?secret=xyz");
            assertThat(request.body()).isEqualTo(BODY);
          });
    }
  }

  @Test
  void tunnelsTls() throws Exception {
    proxy.asking(CREDENTIALS);
    try (Receiver shop = secure();
        WebhookClient client = client(AddressPolicy.ANY, credentials())) {
      for (int i = 0; i < 3; i++) {
        assertThat(post(client, shop.url("/h?secret=xyz"))).isInstanceOf(Response.class);
      }
      assertThat(shop.requests()).hasSize(3);
      assertThat(shop.requests()).allSatisfy(ProxyTest::showsNothingOfTheProxy);
      String authority = "localhost:" + shop.url("/").getPort();
      assertThat(proxy.heads()) // one tunnel for all
          .containsExactly(
              "CONNECT "
                  + authority
                  + " HTTP/1.1\r\nHost: "
                  + authority
                  + "\r\nProxy-Authorization: "
                  + CREDENTIALS
                  + "\r\nUser-Agent: Rowhook/dev\r\n\r\n");
    }
  }

  private static void showsNothingOfTheProxy(Request request) {
    assertThat(request.target()).isEqualTo("/h?secret=xyz");
    assertThat(request.headers()).doesNotContainKeys("Proxy-authorization", "Via");
  }

  @Test
  void aTunnelThatHasBrokenIsReplaced() throws Exception {
    try (Receiver shop = secure();
        WebhookClient client = client(AddressPolicy.ANY, Optional.empty())) {
      assertThat(post(client, shop.url("/"))).isInstanceOf(Response.class);
      proxy.cut();
      assertThat(post(client, shop.url("/"))).isInstanceOf(Response.class);
      assertThat(proxy.heads()).hasSize(2);
    }
  }

  @Test
  @Tag("feature-47")
  void theProxyIsNotAskedForARefusedAddress() throws Exception {
    try (Receiver shop = secure();
        WebhookClient client = client(AddressPolicy.PUBLIC, Optional.empty())) {
      assertThat(post(client, URI.create("https://inside.example/")))
          .isEqualTo(
              new NoResponse(
                  "inside.example is at 10.0.0.7, an address that is private; if that is meant,"
                      + " write allow: {networks: [10.0.0.7/32]} in the recipient's file"));
      assertThat(post(client, URI.create("http://127.0.0.1:" + shop.url("/").getPort() + "/")))
          .isInstanceOf(NoResponse.class);
      assertThat(proxy.heads()).isEmpty();
      assertThat(shop.count()).isZero();
    }
  }

  @Test
  void saysThatCredentialsAreMissingOrWrong() throws Exception {
    proxy.asking("Basic ZXJwOm90aGVy");
    String at = "the proxy 127.0.0.1:" + proxy.port();
    NoResponse missing =
        new NoResponse(
            at
                + " asks for a user and a password (407); write them into its URL,"
                + " http://user:password@host:port");
    NoResponse wrong = new NoResponse(at + " does not take the user and password in its URL (407)");
    try (Receiver shop = secure();
        Receiver plain = new Receiver();
        WebhookClient without = client(AddressPolicy.ANY, Optional.empty());
        WebhookClient with = client(AddressPolicy.ANY, credentials())) {
      for (URI url : List.of(shop.url("/"), plain.url("/"))) {
        assertThat(post(without, url)).isEqualTo(missing);
        assertThat(post(with, url)).isEqualTo(wrong);
      }
      assertThat(shop.count() + plain.count()).isZero();
    }
  }

  @Test
  void failuresNameTheProxy() throws Exception {
    String at = "the proxy 127.0.0.1:" + proxy.port();
    try (Receiver shop = secure();
        WebhookClient client = client(AddressPolicy.ANY, Optional.empty())) {
      String to = "localhost:" + shop.url("/").getPort();
      proxy.answering("HTTP/1.1 403 No\r\nContent-Length: 6\r\n\r\nsecret");
      assertThat(post(client, shop.url("/")))
          .isEqualTo(new NoResponse(at + " does not connect to " + to + ": it answered 403"));
      proxy.answering("close");
      assertThat(post(client, shop.url("/")))
          .isEqualTo(new NoResponse(at + ": the connection was closed without an answer"));
      proxy.answering("220 mail.example.com\r\n");
      assertThat(post(client, shop.url("/")))
          .isEqualTo(new NoResponse(at + ": the answer is not HTTP"));
    }
    try (Receiver plain = new Receiver();
        WebhookClient client = client(AddressPolicy.ANY, Optional.empty())) {
      proxy.answering("close");
      assertThat(post(client, plain.url("/")))
          .isEqualTo(new NoResponse("the connection was closed without an answer, through " + at));
    }
  }

  @Test
  void failuresBehindTheProxyNameBoth() throws Exception {
    try (Receiver stranger = new Receiver(_ -> Receiver.Answer.of(200), serving(ALL.stranger));
        WebhookClient client = client(AddressPolicy.ANY, Optional.empty())) {
      assertThat(post(client, stranger.url("/")))
          .isEqualTo(
              new NoResponse(
                  "TLS with localhost:"
                      + stranger.url("/").getPort()
                      + ": the certificate is not trusted: no known authority has signed it,"
                      + " through the proxy 127.0.0.1:"
                      + proxy.port()));
    }
  }

  @Test
  void aProxyThatCannotBeReachedIsNamed() throws Exception {
    try (Receiver shop = secure();
        ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      proxy.close();
      try (WebhookClient client = client(AddressPolicy.ANY, Optional.empty())) {
        assertThat(post(client, shop.url("/")))
            .isEqualTo(new NoResponse("connection refused by the proxy 127.0.0.1:" + proxy.port()));
      }
      HttpProxy unknown = new HttpProxy("proxy.example", 3128, Optional.empty());
      try (WebhookClient client = client(AddressPolicy.ANY, unknown)) {
        assertThat(post(client, shop.url("/")))
            .isEqualTo(new NoResponse("the host name in the proxy proxy.example:3128 is unknown"));
      }
      HttpProxy deaf = new HttpProxy("127.0.0.1", silent.getLocalPort(), Optional.empty());
      try (WebhookClient client = client(AddressPolicy.ANY, deaf)) {
        assertThat(client.post(shop.url("/"), List.of(), BODY, Duration.ofMillis(300)))
            .isEqualTo(
                new NoResponse(
                    "no complete answer within 300ms, through the proxy 127.0.0.1:"
                        + silent.getLocalPort()));
      }
    }
  }

  private static HttpResult post(WebhookClient client, URI url) {
    return client.post(url, List.of(), BODY, LIMIT);
  }

  private static Receiver secure() throws Exception {
    return new Receiver(_ -> Receiver.Answer.of(200), serving(ALL.server));
  }

  private static javax.net.ssl.SSLContext serving(Certificates.Issued issued) throws Exception {
    return issued.serving(ALL.ca.certificate());
  }

  private static Optional<Basic> credentials() {
    return Optional.of(new Basic("erp", new Secret("p@ss")));
  }

  private WebhookClient client(AddressPolicy networks, Optional<Basic> credentials) {
    return client(networks, new HttpProxy("127.0.0.1", proxy.port(), credentials));
  }

  private static WebhookClient client(AddressPolicy networks, HttpProxy through) {
    return new WebhookClient(
        networks, Optional.of(TlsContexts.of(OWN)), Optional.of(through), ProxyTest::addresses);
  }

  private static InetAddress[] addresses(String host) throws UnknownHostException {
    return switch (host) {
      case "localhost" -> new InetAddress[] {InetAddress.getLoopbackAddress()};
      case "inside.example" -> new InetAddress[] {InetAddress.ofLiteral("10.0.0.7")};
      default -> throw new UnknownHostException(host);
    };
  }
}
