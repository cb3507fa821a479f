package io.rowhook.admin.instances;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.rowhook.admin.instances.InstanceClient.Question;
import io.rowhook.journal.Instance;
import io.rowhook.testing.Certificates;
import io.rowhook.testing.Ports;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How another instance is reached, or why it is not. */
class InstanceClientTest {

  private static final Question LIVE = Question.get("/live", Map.of(), Duration.ofSeconds(30));

  private static Instance at(String api) {
    return new Instance("other", Optional.of(URI.create(api)), Instant.EPOCH);
  }

  private static void refused(Instance instance, Question question, String why) {
    try (InstanceClient client = new InstanceClient(List::of)) {
      assertThatThrownBy(() -> client.ask(instance, question))
          .isInstanceOf(UnansweredException.class)
          .hasMessageContaining(why);
    }
  }

  @Test
  void saysWhyThereIsNoAnswer() throws Exception {
    refused(at("http://127.0.0.1:" + Ports.lasting()), LIVE, "nothing listens there");
    refused(at("http://nobody.invalid"), LIVE, "its name is not known here");
    refused(new Instance("other", Optional.empty(), Instant.EPOCH), LIVE, "kafka.advertised.api");
    try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      refused(
          at("http://127.0.0.1:" + mute.getLocalPort()),
          Question.get("/live", Map.of(), Duration.ofSeconds(1)),
          "no answer within 1 s");
    }
  }

  @Test
  void trustsTheCertificatesThatItsOwnInstanceShows() throws Exception {
    Certificates certificates = Certificates.get();
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(certificates.server.serving(certificates.ca.certificate())));
    ok(server);
    try {
      Instance other = at("https://localhost:" + server.getAddress().getPort());
      refused(other, LIVE, "certification path");
      for (X509Certificate own :
          List.of(certificates.server.certificate(), certificates.ca.certificate())) {
        try (InstanceClient client = new InstanceClient(() -> List.of(own))) {
          assertThat(client.ask(other, LIVE).statusCode()).isEqualTo(204);
          assertThatThrownBy(
                  () -> client.ask(at("https://127.0.0.1:" + server.getAddress().getPort()), LIVE))
              .as("it is another's name")
              .isInstanceOf(UnansweredException.class);
        }
      }
    } finally {
      server.stop(0);
    }
  }

  private static void ok(HttpServer server) {
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
  }
}
