package io.rowhook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.rowhook.webhook.Reply.Answer;
import io.rowhook.webhook.Reply.Silence;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** TLS against a real server with certificates that the JDK's keytool makes. */
@Tag("feature-46")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsTest {

  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final AtomicInteger requests = new AtomicInteger();
  private HttpsServer server;
  private SSLContext trusting;

  TlsTest(@TempDir Path directory) throws Exception {
    KeyStore own = certificate(directory, "san=dns:localhost");
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(own, PASSWORD);
    SSLContext serving = SSLContext.getInstance("TLS");
    serving.init(keys.getKeyManagers(), null, null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(serving));
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(own);
    trusting = SSLContext.getInstance("TLS");
    trusting.init(null, trust.getTrustManagers(), null);
  }

  @BeforeAll
  void start() {
    server.start();
  }

  @AfterAll
  void stop() {
    server.stop(0);
  }

  @Test
  void refusesACertificateThatNobodyKnownHasSigned() {
    try (Sender sender = new Sender(Networks.ANY)) {
      assertThat(post(sender, "localhost"))
          .isEqualTo(
              new Silence(
                  "TLS with localhost:"
                      + port()
                      + ": the certificate is not trusted: no known authority has signed it"));
      assertThat(requests).hasValue(0);
    }
  }

  @Test
  void refusesACertificateForAnotherHost() {
    try (Sender sender = new Sender(Networks.ANY, Optional.of(trusting))) {
      assertThat(post(sender, "127.0.0.1"))
          .isEqualTo(
              new Silence(
                  "TLS with 127.0.0.1:" + port() + ": the certificate is not for this host name"));
    }
  }

  @Test
  void acceptsAnAuthorityOfOnesOwn() {
    try (Sender sender = new Sender(Networks.ANY, Optional.of(trusting))) {
      assertThat(post(sender, "localhost")).isInstanceOf(Answer.class);
      assertThat(requests.getAndSet(0)).isEqualTo(1);
    }
  }

  private Reply post(Sender sender, String host) {
    return sender.post(
        URI.create("https://" + host + ":" + port() + "/?secret=xyz"),
        List.of(),
        new byte[] {'{', '}'},
        LIMIT);
  }

  private int port() {
    return server.getAddress().getPort();
  }

  private static KeyStore certificate(Path directory, String extension) throws Exception {
    Path file = directory.resolve("store.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "own",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                extension,
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    return store;
  }
}
