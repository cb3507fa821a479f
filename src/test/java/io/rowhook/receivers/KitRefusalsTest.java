package io.rowhook.receivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.receivers.KitRequests.Journaled;
import io.rowhook.testing.SourceDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What no kit's receiver takes, signed as it may be, and that nothing of it is kept. */
@Tag("feature-74")
class KitRefusalsTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String BODY =
      "{\"entityType\":\"Order\",\"entityId\":5,\"event\":\"Created\"}";
  private static final String UNNAMED =
      "Event evt_1: its body has to name its entity, as entityType and entityId, which the headers"
          + " of a batch and of ids beyond 256 bytes do not. Have the sender add them to its"
          + " template.";

  @AutoClose private static final SourceDatabase server = SourceDatabase.start();
  @AutoClose private static final HttpClient client = HttpClient.newHttpClient();

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> nothingOfItIsKept() {
    return Kit.here().map(kit -> DynamicTest.dynamicTest(kit.name(), () -> refusals(kit)));
  }

  private void refusals(Kit kit) throws Exception {
    SourceDatabase own = server.another("refusals_" + kit.name().toLowerCase(Locale.ROOT));
    Path home = directory.resolve(kit.name());
    try (KitReceiver receiver = new KitReceiver(kit, own, home, SECRET, true)) {
      receiver.start();
      KitRequests requests = new KitRequests(receiver.uri(), SECRET);
      refusesWithoutAHeader(requests);
      refusesABatchWithoutNames(requests);
      refusesWhatIsNotEncoded(requests);
      refusesMoreThanAnArray(requests);
      refusesALargeBodyUnread(kit, receiver.uri());
      refusesALengthThatIsNone(receiver.uri());
      assertThat(receiver.history()).isEmpty();
      assertThat(receiver.rowsKept()).isZero();
      HttpRequest empty = with(single(requests, BODY), "Rowhook-Entity-Id", "");
      assertThat(answer(empty).statusCode()).isEqualTo(200);
      assertThat(receiver.copy()).containsOnlyKeys("Order 5");
      byte[] large =
          ("{\"text\":\"" + "x".repeat(2 << 20) + "\"}").getBytes(StandardCharsets.UTF_8);
      HttpRequest other = with(single(requests, BODY), "Rowhook-Entity-Id", "6");
      assertThat(answer(withBody(other, "evt_1", large)).statusCode()).isEqualTo(200);
    }
  }

  private static void refusesWithoutAHeader(KitRequests requests) throws Exception {
    for (String header :
        List.of("Rowhook-Entity-Type", "Rowhook-Entity-Id", "Rowhook-Entity-Event")) {
      refuses(missing(header), without(single(requests, BODY), header));
    }
    refuses(
        missing("Rowhook-Entity-Type"), with(single(requests, BODY), "Rowhook-Entity-Type", ""));
    refuses(missing("Rowhook-Event-Ids"), without(batch(requests, BODY), "Rowhook-Event-Ids"));
    refuses(
        "Request evt_1: Rowhook-Sequence has to be a number, got ''. Is it Rowhook's, and does your"
            + " proxy let its headers through?",
        without(single(requests, BODY), "Rowhook-Sequence"));
  }

  private static void refusesABatchWithoutNames(KitRequests requests) throws Exception {
    for (String body :
        List.of(
            "{\"entityId\":5}",
            "{\"entityType\":\"\",\"entityId\":5}",
            "{\"entityType\":null,\"entityId\":5}",
            "{\"entityType\":\"Order\",\"entityId\":null}",
            "{\"entityType\":\"Order\"}")) {
      refuses(UNNAMED, batch(requests, body));
    }
  }

  private static void refusesWhatIsNotEncoded(KitRequests requests) throws Exception {
    for (String header : List.of("Rowhook-Entity-Type", "Rowhook-Entity-Id")) {
      for (String value : List.of("%zz", "5%", "%ff", "%-1", "%C3")) {
        refuses(
            "Request evt_1: %s has to be ASCII, and percent-encoded UTF-8, got '%s'."
                .formatted(header, value),
            with(single(requests, BODY), header, value));
      }
    }
    byte[] body = {(byte) 0xff, (byte) 0xfe, '{'};
    refuses(
        "Request evt_1: its body has to be UTF-8.",
        withBody(single(requests, BODY), "evt_1", body));
    refuses(
        "Request evt_1: its body has to be UTF-8.", withBody(batch(requests, BODY), "evt_1", body));
  }

  private static void refusesMoreThanAnArray(KitRequests requests) throws Exception {
    for (String rest : List.of("x", " []", "]", ",", "[" + BODY + "]")) {
      byte[] body = ("[" + BODY + "]" + rest).getBytes(StandardCharsets.UTF_8);
      refuses(
          "A batch's body has to be a JSON array and nothing else, got "
              + ("[" + BODY).substring(0, 40),
          withBody(batch(requests, BODY), "evt_1", body));
    }
  }

  private static void refusesALargeBodyUnread(Kit kit, URI uri) throws IOException {
    assertThat(statusLine(uri, "Content-Length: 16777217", new byte[0])).contains(" 413 ");
    assertThat(statusLine(uri, "Content-Length: 60000000", new byte[1000])).contains(" 413 ");
    assertThat(statusLine(uri, "Content-Length: 16777216", new byte[16 << 20])).contains(" 401 ");
    byte[] chunk = new byte["4000000\r\n".length() + (16 << 20) + 1]; // of 64 MB, and no more of it
    System.arraycopy("4000000\r\n".getBytes(StandardCharsets.US_ASCII), 0, chunk, 0, 9);
    assertThat(statusLine(uri, "Transfer-Encoding: chunked", chunk))
        .contains(kit.name().startsWith("PYTHON") ? " 400 " : " 413 ");
  }

  private static void refusesALengthThatIsNone(URI uri) throws IOException {
    for (String length : List.of("-1", "abc", "1e3", "99999999999999999999")) {
      assertThat(statusLine(uri, "Content-Length: " + length, new byte[0]))
          .as(length)
          .contains(" 400 ");
    }
  }

  /** The first line of the answer to what has a body begun, at most: it is not waited for. */
  private static String statusLine(URI uri, String header, byte[] begun) throws IOException {
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
      String head = "POST / HTTP/1.1\r\nHost: shop\r\n" + header + "\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      Thread writer = Thread.ofVirtual().start(() -> write(socket, begun));
      String line =
          new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
              .readLine();
      writer.interrupt();
      return String.valueOf(line);
    }
  }

  /** The receiver may have closed it before the end. */
  private static void write(Socket socket, byte[] begun) {
    try {
      socket.getOutputStream().write(begun);
    } catch (IOException e) {
      assertThat(e).isInstanceOf(SocketException.class);
    }
  }

  private static String missing(String header) {
    return "Request evt_1: "
        + header
        + " is missing. Is it Rowhook's, and does your proxy let its headers through?";
  }

  private static void refuses(String text, HttpRequest request) throws Exception {
    HttpResponse<String> answer = answer(request);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).isEqualTo(text);
  }

  private static HttpResponse<String> answer(HttpRequest request) throws Exception {
    return client.send(request, BodyHandlers.ofString());
  }

  private static HttpRequest single(KitRequests requests, String body) {
    return requests.single(event(body), 0, Optional.empty());
  }

  private static HttpRequest batch(KitRequests requests, String body) {
    return requests.batch(List.of(event(body)), 0, Optional.empty());
  }

  private static Journaled event(String body) {
    byte[] json = body.getBytes(StandardCharsets.UTF_8);
    Instant now = Instant.now();
    return new Journaled(
        new Event("evt_1", "Order", "5", EventType.Created, now, Position.of(1), json), 1);
  }

  private static HttpRequest with(HttpRequest request, String header, String value) {
    return HttpRequest.newBuilder(request, (_, _) -> true).setHeader(header, value).build();
  }

  /** Another body, signed. */
  private static HttpRequest withBody(HttpRequest request, String id, byte[] body)
      throws GeneralSecurityException {
    String timestamp = request.headers().firstValue("Webhook-Timestamp").orElseThrow();
    Mac mac = Mac.getInstance("HmacSHA256");
    byte[] key = Base64.getDecoder().decode(SECRET.substring("whsec_".length()));
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
    String signature = "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    return HttpRequest.newBuilder(request, (_, _) -> true)
        .setHeader("Webhook-Signature", signature)
        .POST(BodyPublishers.ofByteArray(body))
        .build();
  }

  private static HttpRequest without(HttpRequest request, String header) {
    return HttpRequest.newBuilder(request, (name, _) -> !name.equalsIgnoreCase(header)).build();
  }
}
