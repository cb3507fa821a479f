package io.rowhook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.recipient.CidrBlock;
import io.rowhook.testing.Receiver;
import io.rowhook.webhook.http.HttpResult;
import io.rowhook.webhook.http.HttpResult.NoResponse;
import io.rowhook.webhook.http.HttpResult.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A name that leads inside, by whatever answer of its name server. 127.0.0.1 plays the public
 * address; a second server on the same port of 127.0.0.2 must never be connected to.
 */
@Tag("feature-47")
class AddressesTest {

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final AddressPolicy OUTSIDE =
      new AddressPolicy(List.of(CidrBlock.parse("127.0.0.1/32")));
  private static final String REFUSED =
      "shop.example is at 127.0.0.2, an address that is loopback; if that is meant, write"
          + " allow: {networks: [127.0.0.2/32]} in the recipient's file";

  private final AtomicInteger inside = new AtomicInteger();
  private final List<String> asked = new ArrayList<>();
  private Receiver receiver = new Receiver();
  private ServerSocket trap = bound();

  @BeforeEach
  void listen() {
    // Each call a connection, and so a look-up, of its own.
    receiver.behave(_ -> Receiver.Answer.of(200, "Connection", "close"));
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              trap.accept().close();
              inside.incrementAndGet();
            }
          } catch (IOException e) {
            return; // closed
          }
        });
  }

  @AfterEach
  void close() throws IOException {
    receiver.close();
    trap.close();
  }

  @Test
  void aNameThatChangesItsMindIsCheckedOnEachConnection() {
    Iterator<List<String>> answers =
        List.of(List.of("127.0.0.1"), List.of("127.0.0.2"), List.of("127.0.0.1")).iterator();
    try (WebhookClient client = client(answers)) {
      assertThat(post(client)).isInstanceOf(Response.class);
      assertThat(post(client)).isEqualTo(new NoResponse(REFUSED));
      assertThat(post(client)).isInstanceOf(Response.class);
    }
    // Asked once each: nothing lies between the check and the use.
    assertThat(asked).hasSize(3);
    assertThat(receiver.count()).isEqualTo(2);
    assertThat(inside).hasValue(0);
  }

  @Test
  void ofSeveralAddressesOnlyThosePermittedAreTried() {
    List<String> both = List.of("127.0.0.2", "127.0.0.1", "::ffff:127.0.0.2", "::1");
    try (WebhookClient client = client(List.of(both, both).iterator())) {
      assertThat(post(client)).isInstanceOf(Response.class);
      receiver.close(); // now only the other one answers
      assertThat(((NoResponse) post(client)).reason()).startsWith("connection refused by");
    }
    assertThat(inside).hasValue(0);
  }

  @Test
  void noSpellingOfAnAddressLeadsInside() {
    List<String> spellings =
        List.of(
            "127.0.0.2",
            "127.2",
            "2130706434",
            "0x7f000002",
            "0177.0.0.2",
            "127.0.0.2.",
            "[::ffff:127.0.0.2]",
            "[::ffff:7f00:2]",
            "[::127.0.0.2]",
            "[64:ff9b::127.0.0.2]",
            "localhost",
            "[::1]",
            "[::]",
            "0.0.0.0");
    try (WebhookClient client = new WebhookClient(AddressPolicy.PUBLIC)) {
      for (String host : spellings) {
        URI url = URI.create("http://" + host + ":" + trap.getLocalPort() + "/");
        // What has no route or no meaning need not be refused: it must only not arrive.
        assertThat(client.post(url, List.of(), new byte[0], Duration.ofSeconds(2)))
            .as(host)
            .isInstanceOf(NoResponse.class);
      }
    }
    assertThat(inside).hasValue(0);
    assertThat(receiver.count()).isZero();
  }

  private WebhookClient client(Iterator<List<String>> answers) {
    return new WebhookClient(
        OUTSIDE,
        Optional.empty(),
        Optional.empty(),
        host -> {
          asked.add(host);
          return answers.next().stream().map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
        });
  }

  private HttpResult post(WebhookClient client) {
    URI url = URI.create("http://shop.example:" + trap.getLocalPort() + "/");
    return client.post(url, List.of(), new byte[] {'{', '}'}, LIMIT);
  }

  private ServerSocket bound() {
    try {
      ServerSocket socket = new ServerSocket();
      socket.bind(new InetSocketAddress("127.0.0.2", receiver.url("/").getPort()));
      return socket;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
