package io.rowhook.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.admin.AdminServer;
import io.rowhook.settings.AdminSettings;
import io.rowhook.settings.SettingsDirectory;
import io.rowhook.settings.SettingsException;
import io.rowhook.testing.Certificates;
import io.rowhook.testing.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where rowhook.yaml lets one in, and who is let in there. */
class ConfiguredAccessTest {

  private static final String READ = "read-read-read-read";
  private static final String OPERATE = "operate-operate-operate";
  private static final String TOKENS = "tokens: { read: " + READ + ", operate: " + OPERATE + " }";

  @TempDir Path directory;
  private @Nullable ApiRig rig;

  @AfterEach
  void stop() {
    if (rig != null) {
      rig.close();
    }
  }

  private Optional<AdminSettings> settings(String yaml) throws SettingsException {
    return new SettingsDirectory(directory)
        .write("config/rowhook.yaml", "admin: { " + yaml + " }\n")
        .read()
        .admin();
  }

  private ApiRig rig(String yaml) throws SettingsException {
    ApiRig made = new ApiRig(directory, settings(yaml));
    rig = made;
    return made;
  }

  private static ApiClient client(HttpClient http, ApiRig rig, String scheme, String token) {
    ApiClient client = new ApiClient(http, scheme + "://localhost:" + rig.configuredPort());
    return token.isEmpty() ? client : client.with("Authorization", "Bearer " + token);
  }

  @Test
  void whoeverIsOnTheLoopbackMayDoAllButNoPageInABrowser() throws Exception {
    ApiRig open = rig("address: 'localhost:0'");
    try (ApiClient client = client(HttpClient.newHttpClient(), open, "http", "")) {
      assertThat(client.post("/v1/recipients/shop/pause", "").status()).isEqualTo(200);
      assertThat(client.with("Origin", "http://evil.example").get("/v1/status").status())
          .isEqualTo(403);
    }
    assertThat(host(open, "rebound.evil.example")).contains(" 421 ");
    assertThat(host(open, "[::1]:9000")).contains(" 200 "); // through a tunnel, say
  }

  private static String host(ApiRig rig, String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), rig.configuredPort())) {
      String head = "GET /v1/status HTTP/1.1\r\nConnection: close\r\nHost: " + host + "\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
          .readLine();
    }
  }

  @Test
  void theReadTokenLooksAndTheOtherChangesAndGuessingEnds() throws Exception {
    ApiRig guarded = rig("address: '127.0.0.1:0', " + TOKENS);
    try (HttpClient http = HttpClient.newHttpClient()) {
      ApiClient reads = client(http, guarded, "http", READ);
      ApiClient operates = client(http, guarded, "http", OPERATE);
      ApiClient nobody = client(http, guarded, "http", "");
      assertThat(nobody.get("/v1/status").status()).isEqualTo(401);
      assertThat(nobody.get("/ready").status()).isEqualTo(200);
      assertThat(reads.get("/v1/status").status()).isEqualTo(200);
      assertThat(reads.post("/v1/recipients/shop/pause", "").status()).isEqualTo(403);
      assertThat(operates.get("/v1/status").status()).isEqualTo(200);
      assertThat(operates.post("/v1/recipients/shop/pause", "").status()).isEqualTo(200);

      guarded.settings = settings("address: '127.0.0.1:0', tokens: { read: " + READ + "2 }");
      assertThat(client(http, guarded, "http", READ + "2").get("/v1/status").status())
          .isEqualTo(200); // at once, without a new start
      for (int i = 0; i < 10; i++) {
        assertThat(operates.get("/v1/status").status()).isEqualTo(401);
      }
      ApiClient.Reply late = client(http, guarded, "http", READ + "2").get("/v1/status");
      assertThat(late.status()).isEqualTo(429);
      assertThat(Integer.parseInt(String.valueOf(late.header("Retry-After")))).isBetween(30, 61);
      assertThat(nobody.get("/ready").status()).isEqualTo(200);

      guarded.settings = settings("address: '127.0.0.1:1'"); // takes a new start, and opens nothing
      assertThat(nobody.get("/v1/status").status()).isEqualTo(401);
    }
  }

  @Test
  void otherMachinesAreSpokenToInTls() throws Exception {
    Certificates certificates = Certificates.get();
    Path tls = Files.createDirectories(directory.resolve("config/tls"));
    Files.writeString(tls.resolve("server.pem"), certificates.server.certificatePem());
    Files.writeString(tls.resolve("server.key"), certificates.server.keyPem());
    String address =
        "address: '0.0.0.0:0', tls: { certificate: tls/server.pem, key: tls/server.key }, ";
    ApiRig far = rig(address + TOKENS);
    try (HttpClient http = HttpClient.newBuilder().sslContext(trusting(certificates)).build()) {
      assertThat(client(http, far, "https", READ).get("/v1/status").status()).isEqualTo(200);
      assertThat(client(http, far, "https", "").get("/v1/status").status()).isEqualTo(401);
      assertThat(client(http, far, "https", "").get("/live").text()).isEqualTo("ok\n");
      try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), far.configuredPort())) {
        plain
            .getOutputStream()
            .write("GET /live HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        plain.setSoTimeout(20_000);
        assertThat(new String(plain.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
            .doesNotContain("HTTP");
      }
    }
  }

  private static SSLContext trusting(Certificates certificates) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null);
    store.setCertificateEntry("ca", certificates.ca.certificate());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  @Test
  void aUnixSocketIsItsGroupsAndOneThatWasLeftIsReplaced() throws Exception {
    Path socket = directory.resolve("admin.sock");
    try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      left.bind(UnixDomainSocketAddress.of(socket)); // its file stays behind
    }
    ApiRig unix = rig("address: 'unix:" + socket + "'");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-rw----");
    assertThat(unixSocket(socket, "GET /v1/kill-switch")).contains(" 200 ", "{\"set\":false}");
    assertThat(unixSocket(socket, "PUT /v1/kill-switch")).contains(" 200 ", "\"count\":1");
    unix.stop();
    assertThat(socket).doesNotExist();
  }

  @Test
  void aUnixSocketThatCannotBeIsSaidBeforeAnythingIsBegun() throws Exception {
    Path file = Files.writeString(directory.resolve("taken"), "somebody's");
    for (Path socket :
        List.of(
            directory.resolve("missing").resolve("admin.sock"),
            file,
            directory.resolve("long".repeat(60)))) {
      assertThatThrownBy(() -> checkUnixSocket(socket))
          .hasMessageContaining("the admin API cannot listen at unix:" + socket)
          .hasMessageContaining(
              "see that its directory is there and writable, and nothing else in its place");
    }
    assertThat(file).hasContent("somebody's");
    Path socket = directory.resolve("admin.sock");
    try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      left.bind(UnixDomainSocketAddress.of(socket));
      assertThatThrownBy(() -> checkUnixSocket(socket)).hasMessageContaining("in use");
    }
    checkUnixSocket(socket); // left by one that was killed
    assertThat(socket).doesNotExist();
  }

  private static void checkUnixSocket(Path socket) {
    AdminServer.check(
        new AdminSettings(
            UnixDomainSocketAddress.of(socket),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }

  private static String unixSocket(Path socket, String line) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        OutputStream out = Channels.newOutputStream(channel)) {
      out.write(
          (line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void anAddressThatIsTakenIsSaid() throws Exception {
    int port = Ports.free();
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> rig("address: '127.0.0.1:" + taken.getLocalPort() + "'"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(
              "the admin API cannot listen at http://127.0.0.1:" + port + " (admin.address)")
          .hasMessageContaining("in use");
      assertThatThrownBy(() ->
              AdminServer.check(
                  new AdminSettings(
                      new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty())))
          .hasMessageContaining("in use. Give it another address in rowhook.yaml");
    }
  }
}
