package io.rowhook.webhook;

import static io.rowhook.testing.Events.orders;
import static io.rowhook.webhook.TlsServer.ALL;
import static io.rowhook.webhook.TlsServer.LIMIT;
import static io.rowhook.webhook.TlsServer.OWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.EgressPolicy;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.TlsConfig;
import io.rowhook.recipient.TlsConfig.Identity;
import io.rowhook.testing.Certificates.Issued;
import io.rowhook.testing.Receiver;
import io.rowhook.webhook.http.HttpResult.NoResponse;
import io.rowhook.webhook.http.HttpResult.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS against real servers. */
@Tag("feature-46")
class TlsTest {

  @Test
  void refusesACertificateThatNobodyKnownHasSigned() throws Exception {
    for (Issued unknown : List.of(ALL.server, ALL.stranger)) {
      try (TlsServer server = new TlsServer(unknown, false)) {
        assertThat(server.postedWith(TlsConfig.DEFAULT, "localhost"))
            .isEqualTo(
                server.failure(
                    "localhost",
                    "the certificate is not trusted: no known authority has signed it"));
        assertThat(server.clients).isEmpty();
      }
    }
  }

  @Test
  void refusesACertificateForAnotherHost() throws Exception {
    try (TlsServer server = new TlsServer(ALL.server, false)) {
      assertThat(server.postedWith(OWN, "127.0.0.1"))
          .isEqualTo(server.failure("127.0.0.1", "the certificate is not for this host name"));
      assertThat(server.clients).isEmpty();
    }
  }

  @Test
  void refusesACertificateThatHasExpired() throws Exception {
    try (TlsServer server = new TlsServer(ALL.expired, false)) {
      assertThat(server.postedWith(OWN, "localhost"))
          .isEqualTo(server.failure("localhost", "the certificate has expired"));
    }
    Issued alone = new Issued(List.of(ALL.expired.certificate()), ALL.expired.key());
    try (TlsServer server = new TlsServer(alone, false)) { // as most: without their authority's
      for (TlsConfig tls : List.of(OWN, TlsConfig.DEFAULT)) {
        assertThat(server.postedWith(tls, "localhost"))
            .isEqualTo(server.failure("localhost", "the certificate has expired"));
      }
    }
    try (TlsServer server = new TlsServer(ALL.expiredSelf, false)) {
      TlsConfig itself = new TlsConfig(ALL.expiredSelf.chain(), Optional.empty());
      assertThat(server.postedWith(itself, "localhost"))
          .isEqualTo(server.failure("localhost", "the certificate has expired"));
      assertThat(server.clients).isEmpty();
    }
  }

  @Test
  void acceptsAnAuthorityOfOnesOwn() throws Exception {
    try (TlsServer server = new TlsServer(ALL.server, false)) {
      assertThat(server.postedWith(OWN, "localhost")).isInstanceOf(Response.class);
      assertThat(server.clients).containsExactly("nobody");
    }
    try (TlsServer server = new TlsServer(ALL.stranger, false)) {
      TlsConfig itself = new TlsConfig(ALL.stranger.chain(), Optional.empty());
      assertThat(server.postedWith(itself, "localhost")).isInstanceOf(Response.class);
    }
  }

  @Test
  void anAuthorityOfOnesOwnStandsInPlaceOfTheJdks(@TempDir Path directory) throws Exception {
    KeyStore known = KeyStore.getInstance("PKCS12");
    known.load(null, null);
    known.setCertificateEntry("ca", ALL.ca.certificate());
    Path file = directory.resolve("jdk.p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      known.store(out, "changeit".toCharArray());
    }
    System.setProperty("javax.net.ssl.trustStore", file.toString());
    System.setProperty("javax.net.ssl.trustStorePassword", "changeit");
    try (TlsServer server = new TlsServer(ALL.server, false)) {
      assertThat(server.postedWith(TlsConfig.DEFAULT, "localhost")).isInstanceOf(Response.class);
      TlsConfig another = new TlsConfig(ALL.stranger.chain(), Optional.empty());
      assertThat(server.postedWith(another, "localhost")).isInstanceOf(NoResponse.class);
    } finally {
      System.clearProperty("javax.net.ssl.trustStore");
      System.clearProperty("javax.net.ssl.trustStorePassword");
    }
  }

  @Test
  void showsItsClientCertificateToWhomAsks() throws Exception {
    try (TlsServer server = new TlsServer(ALL.server, true)) {
      // This server hangs up so fast that its reason is lost.
      assertThat(server.postedWith(OWN, "localhost")).isInstanceOf(NoResponse.class);
      TlsConfig client = new TlsConfig(OWN.authorities(), Optional.of(identity(ALL.client)));
      assertThat(server.postedWith(client, "localhost")).isInstanceOf(Response.class);
      assertThat(server.clients).containsExactly("CN=client");
      // An authority that the server does not know: the JDK does not even show it.
      TlsConfig stranger = new TlsConfig(OWN.authorities(), Optional.of(identity(ALL.stranger)));
      assertThat(server.postedWith(stranger, "localhost")).isInstanceOf(NoResponse.class);
      assertThat(server.clients).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "TLSv1.3|the other side asks for a client certificate; give it one with tls: {certificate,"
            + " key}",
        "TLSv1.2|the other side found nothing in common, or misses a client certificate"
            + " (handshake_failure)"
      })
  void saysThatAClientCertificateIsMissing(String version, String words) throws Exception {
    SSLContext context = ALL.server.serving(ALL.ca.certificate());
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        WebhookClient client =
            new WebhookClient(AddressPolicy.ANY, Optional.of(TlsContexts.of(OWN)))) {
      Thread.ofVirtual()
          .start(() -> {
            try (Socket socket = listening.accept()) {
              SSLSocket tls =
                  (SSLSocket)
                      context.getSocketFactory().createSocket(socket, (InputStream) null, false);
              tls.setNeedClientAuth(true);
              tls.setEnabledProtocols(new String[] {version});
              try {
                tls.startHandshake();
              } catch (SSLException e) {
                socket.getInputStream().readAllBytes(); // so that the reason is not lost
              }
            } catch (IOException e) {
              return;
            }
          });
      URI url = URI.create("https://localhost:" + listening.getLocalPort() + "/");
      assertThat(client.post(url, List.of(), new byte[0], LIMIT))
          .isEqualTo(
              new NoResponse("TLS with localhost:" + listening.getLocalPort() + ": " + words));
    }
  }

  @Test
  @Tag("feature-32")
  void followsNoRedirectOutOfTls() throws Exception {
    try (Receiver target = new Receiver();
        TlsServer server = new TlsServer(ALL.server, false)) {
      server.location = target.url("/x?token=abc").toString();
      assertThat(server.postedWith(OWN, "localhost"))
          .isInstanceOfSatisfying(
              Response.class, response -> assertThat(response.status()).isEqualTo(307));
      assertThat(server.clients).hasSize(1);
      assertThat(target.count()).isZero();
    }
  }

  @Test
  void speaksNothingOlderThanTls12() throws Exception {
    assertThat(offered(TlsConfig.DEFAULT)).containsExactly(0x0304, 0x0303);
    assertThat(offered(OWN)).containsExactly(0x0304, 0x0303);
  }

  @Test
  void newCertificatesAreANewSender() throws Exception {
    try (TlsServer server = new TlsServer(ALL.server, false);
        Outbound out = new Outbound();
        DispatcherRegistry dispatchers =
            new DispatcherRegistry(recipient -> dispatcher(recipient, out))) {
      URI url = server.url("localhost");
      dispatchers.apply(List.of(recipient(url, TlsConfig.DEFAULT)));
      out.store("shop");
      out.journal.append(orders(1, 1));
      Outbound.eventually("failed", () -> !out.store("shop").attempts(1).isEmpty());
      assertThat(out.store("shop").attempts(1).getFirst().error())
          .contains("the certificate is not trusted");
      dispatchers.apply(List.of(recipient(url, OWN)));
      out.settled("shop");
      assertThat(server.clients).containsExactly("nobody");
    }
  }

  @Test
  @Tag("feature-26")
  void doesNotShowTheKey() {
    TlsConfig tls = new TlsConfig(ALL.client.chain(), Optional.of(identity(ALL.client)));
    assertThat(tls.toString()).isEqualTo("Tls[2 authorities, Optional[Identity[***]]]");
  }

  private static Recipient recipient(URI url, TlsConfig tls) {
    Recipient plain =
        Outbound.recipient("shop", url, new Parallel(1), Outbound.retry(20, 20, 20, 20, 20));
    return new Recipient(
        plain.name(),
        plain.url(),
        plain.authentication(),
        plain.processing(),
        plain.timeout(),
        plain.acknowledge(),
        plain.retry(),
        plain.breakerConfig(),
        plain.backlog(),
        EgressPolicy.NOTHING,
        tls,
        plain.format(),
        plain.subscriptions());
  }

  private static RecipientDispatcher dispatcher(Recipient recipient, Outbound out) {
    return new RecipientDispatcher(
        recipient,
        out.journal,
        out.sets,
        new WebhookClient(AddressPolicy.ANY, Optional.of(TlsContexts.of(recipient.tls()))),
        InstantSource.system(),
        RandomGenerator.of("L64X128MixRandom"),
        DeliveryListener.NONE,
        TraceHeaders.NONE,
        MemoryBudget.ofHeap());
  }

  private static Identity identity(Issued issued) {
    return new Identity(issued.chain(), issued.key());
  }

  /** The versions in the {@code supported_versions} of a ClientHello (RFC 8446, 4.2.1). */
  private static List<Integer> offered(TlsConfig tls) throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        WebhookClient client =
            new WebhookClient(AddressPolicy.ANY, Optional.of(TlsContexts.of(tls)))) {
      CompletableFuture<byte[]> hello = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> {
            try (Socket socket = listening.accept()) {
              InputStream in = socket.getInputStream();
              int length = ByteBuffer.wrap(in.readNBytes(5)).getShort(3);
              hello.complete(in.readNBytes(length));
            } catch (IOException e) {
              hello.completeExceptionally(e);
            }
          });
      URI url = URI.create("https://localhost:" + listening.getLocalPort() + "/");
      assertThat(client.post(url, List.of(), new byte[0], LIMIT)).isInstanceOf(NoResponse.class);
      ByteBuffer bytes = ByteBuffer.wrap(hello.get());
      bytes.position(4 + 2 + 32); // type and length, version, random
      bytes.position(bytes.position() + 1 + bytes.get(bytes.position())); // session
      bytes.position(bytes.position() + 2 + bytes.getShort(bytes.position())); // ciphers
      bytes.position(bytes.position() + 1 + bytes.get(bytes.position())); // compression
      bytes.getShort();
      while (bytes.hasRemaining()) {
        int type = bytes.getShort();
        byte[] extension = new byte[bytes.getShort()];
        bytes.get(extension);
        if (type == 43) {
          List<Integer> versions = new ArrayList<>();
          ByteBuffer list = ByteBuffer.wrap(extension, 1, extension.length - 1);
          while (list.hasRemaining()) {
            versions.add((int) list.getShort());
          }
          return versions;
        }
      }
      throw new AssertionError("no supported_versions");
    }
  }
}
