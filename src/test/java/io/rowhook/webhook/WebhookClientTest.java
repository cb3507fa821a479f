package io.rowhook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.RawServer;
import io.rowhook.testing.Receiver;
import io.rowhook.webhook.http.HttpResult.NoResponse;
import io.rowhook.webhook.http.HttpResult.Response;
import io.rowhook.webhook.http.RequestRoute;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One call is one request, just as it was asked for. */
class WebhookClientTest {

  private static final Duration LONG = Duration.ofSeconds(10);
  private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

  private final WebhookClient client = new WebhookClient(AddressPolicy.ANY);

  @AfterEach
  void close() {
    client.close();
  }

  @ParameterizedTest
  @Tag("feature-3")
  @ValueSource(
      strings = {
        "/h?secret=xyz",
        "/h?secret=xyz&a=%2F%C3%BC&&b=",
        "/a/../b/./c//d?x=/../y",
        "//double",
        "/%41%7e?",
        "/?",
        "/a;b=c,d:e@f!$&'()*+=?q=~%20+",
      })
  void keepsPathAndQuery(String target) throws Exception {
    try (RawServer server = RawServer.saying(OK)) {
      assertThat(client.post(server.url(target), List.of(), BODY, LONG))
          .isInstanceOf(Response.class);
      assertThat(server.heads()).hasSize(1);
      assertThat(server.heads().getFirst()).startsWith("POST " + target + " HTTP/1.1\r\n");
    }
  }

  @Test
  @Tag("feature-3")
  void addsNothingOfItsOwn() throws Exception {
    try (RawServer server = RawServer.saying(OK)) {
      URI url = server.url("");
      client.post(url, List.of(new HttpHeader("Webhook-Id", "evt_1")), BODY, LONG);
      assertThat(server.heads().getFirst().lines().toList())
          .containsExactlyInAnyOrder(
              "POST / HTTP/1.1",
              "Webhook-Id: evt_1",
              "Content-Length: 2",
              "Content-Type: application/json",
              "Host: 127.0.0.1:" + url.getPort(),
              "Connection: keep-alive",
              "");
    }
    assertThat(RequestRoute.path(URI.create("http://h/ä?ö=1#frag"))).isEqualTo("/%C3%A4?%C3%B6=1");
  }

  @Test
  void readsStatusHeadersAndBody() {
    try (Receiver receiver =
        new Receiver(_ -> new Receiver.Answer(429, List.of("Retry-After", "7"), "späßle"))) {
      Response response = (Response) client.post(receiver.url("/"), List.of(), BODY, LONG);
      assertThat(response.status()).isEqualTo(429);
      assertThat(response.retryAfter()).contains("7");
      assertThat(new String(response.body(), StandardCharsets.UTF_8)).isEqualTo("späßle");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 407, 408, 429, 500, 502, 503, 504})
  void asksOnlyOnce(int status) {
    try (Receiver receiver =
        new Receiver(_ ->
            Receiver.Answer.of(
                status, "Retry-After", "0", "WWW-Authenticate", "Basic realm=\"x\""))) {
      assertThat(((Response) client.post(receiver.url("/"), List.of(), BODY, LONG)).status())
          .isEqualTo(status);
      assertThat(receiver.count()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @Tag("feature-32")
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void followsNoRedirect(int status) {
    try (Receiver target = new Receiver();
        Receiver receiver =
            new Receiver(
                _ -> Receiver.Answer.of(status, "Location", target.url("/x").toString()))) {
      assertThat(((Response) client.post(receiver.url("/"), List.of(), BODY, LONG)).status())
          .isEqualTo(status);
      assertThat(receiver.count()).isEqualTo(1);
      assertThat(target.count()).isZero();
    }
  }

  @Test
  void keepsNoCookiesAndUnpacksNothing() throws Exception {
    try (Receiver receiver =
        new Receiver(_ ->
            new Receiver.Answer(
                200, List.of("Set-Cookie", "a=b", "Content-Encoding", "gzip"), "not gzip"))) {
      for (int i = 0; i < 2; i++) {
        Response response = (Response) client.post(receiver.url("/"), List.of(), BODY, LONG);
        assertThat(new String(response.body(), StandardCharsets.UTF_8)).isEqualTo("not gzip");
      }
      assertThat(receiver.requests())
          .allSatisfy(request ->
              assertThat(request.headers()).doesNotContainKeys("Cookie", "Accept-encoding"));
    }
  }

  @Test
  @Tag("feature-47")
  void refusesAnAddressThatIsNotPublic() {
    try (Receiver receiver = new Receiver();
        WebhookClient guarded = new WebhookClient(AddressPolicy.PUBLIC)) {
      int port = receiver.url("/").getPort();
      for (String host : List.of("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]")) {
        NoResponse noResponse =
            (NoResponse)
                guarded.post(
                    URI.create("http://" + host + ":" + port + "/"), List.of(), BODY, LONG);
        assertThat(noResponse.reason())
            .containsPattern(
                "an address that is loopback; if that is meant, write allow: .networks:"
                    + " \\[(127.0.0.1/32|[0:]+:1/128)]} in the recipient's file$");
      }
      assertThat(receiver.count()).isZero();
    }
  }

  @Test
  void asksNoProxyOfTheSystem() throws Exception {
    try (Receiver receiver = new Receiver();
        WebhookClient direct = new WebhookClient(AddressPolicy.ANY)) {
      for (String name : List.of("socksProxyHost", "http.proxyHost")) {
        System.setProperty(name, "127.0.0.1");
      }
      System.setProperty("socksProxyPort", "1");
      System.setProperty("http.proxyPort", "1");
      System.setProperty("socksNonProxyHosts", "");
      System.setProperty("http.nonProxyHosts", "");
      try {
        assertThat(direct.post(receiver.url("/"), List.of(), BODY, LONG))
            .isInstanceOf(Response.class);
      } finally {
        for (String name :
            List.of(
                "socksProxyHost",
                "socksProxyPort",
                "socksNonProxyHosts",
                "http.proxyHost",
                "http.proxyPort",
                "http.nonProxyHosts")) {
          System.clearProperty(name);
        }
      }
    }
  }

  @Test
  void noticesAKeptConnectionThatWasClosedMeanwhile() throws Exception {
    try (RawServer server =
        new RawServer((socket, out) -> {
          out.write(OK.getBytes(StandardCharsets.ISO_8859_1));
          out.flush();
          Thread.sleep(20); // the client has it, and believes the connection to be kept
          socket.close();
        })) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.post(server.url("/"), List.of(), BODY, LONG))
            .isInstanceOf(Response.class);
        Thread.sleep(250); // longer than a connection is trusted unasked: what is tested
      }
    }
  }
}
