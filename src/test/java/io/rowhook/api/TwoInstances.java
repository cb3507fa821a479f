package io.rowhook.api;

import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.journal.Instance;
import io.rowhook.journal.Sharing;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.MovingAddress;
import io.rowhook.testing.Ports;
import io.rowhook.testing.SharedKafka;
import io.rowhook.testing.SourceDatabase;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Two instances of Rowhook in this process that share a journal, with an API each: {@link
 * #capturing} and {@link #other}. The other's API is reached by an address that can be led
 * elsewhere.
 */
final class TwoInstances implements AutoCloseable {

  static final String READ = "read-token-of-all-instances";
  static final String OPERATE = "operate-token-of-all-instances";
  static final List<String> RECIPIENTS =
      IntStream.rangeClosed(1, 8).mapToObj(n -> "shop" + n).toList();

  private static final Duration LIMIT = Duration.ofSeconds(60);

  final Stage capturing;
  final Stage other;
  final MovingAddress wayToOther;
  private final String prefix;
  private final int capturingPort = Ports.lasting();
  final int otherPort = Ports.lasting();
  private final HttpClient http = HttpClient.newHttpClient();

  TwoInstances(SourceDatabase source, Path directory) {
    prefix = directory.getFileName().toString();
    wayToOther = new MovingAddress(otherPort);
    capturing = new Stage(source, directory.resolve("capturing")).tables();
    capturing.receiver("shop", TestReceiver.Settings.DEFAULT);
    other = new Stage(source, directory.resolve("other"));
    other.env("SHOP_URL", String.valueOf(capturing.env().get("SHOP_URL")));
    for (Stage stage : List.of(capturing, other)) {
      RECIPIENTS.forEach(name ->
          stage.recipient(
              name,
              """
              url: ${env:SHOP_URL}
              subscriptions: [{ entity: Article, events: [Created, Updated, Deleted, Snapshot] }]
              """));
    }
    settings(capturing, capturingPort, OPERATE, api(capturingPort));
    settings(other, otherPort, OPERATE, api(wayToOther.port()));
    capturing.start();
    other.begin();
    awaitShared();
  }

  private static String api(int port) {
    return ", advertised.api: 'http://127.0.0.1:%d'".formatted(port);
  }

  private void settings(Stage stage, int port, String operate, String api) {
    stage.write(
        "connector-config/rowhook.yaml",
        """
        admin:
          address: 127.0.0.1:%d
          tokens: { read: %s, operate: %s }
        journal: { kafka: { bootstrap.servers: '%s', topic-prefix: '%s'%s } }
        """
            .formatted(port, READ, operate, SharedKafka.servers(), prefix, api));
  }

  /** Gives the other another token to operate it; in force some seconds later. */
  void otherHasToken(String operate) {
    settings(other, otherPort, operate, api(wayToOther.port()));
  }

  /** Starts the other again, which does not say where its API is. */
  void otherSaysNotWhere() {
    other.stop();
    settings(other, otherPort, OPERATE, "");
    other.begin();
    awaitShared();
  }

  private void awaitShared() {
    Eventually.within(
        LIMIT,
        "both serve recipients, the first captures, and all know it",
        () ->
            capturing.flow().journal().sharing().captures()
                && !servedBy(capturing).isEmpty()
                && !servedBy(other).isEmpty()
                && Stream.of(capturing, other).allMatch(this::knows));
  }

  private boolean knows(Stage stage) {
    SqliteJournal journal = stage.flow().journal();
    return journal.sharing().instances().size() == 2
        && stage.flow().dispatchers().size() == servedBy(stage).size()
        && Stream.of(capturing, other)
            .allMatch(one ->
                servedBy(one).stream()
                    .map(name -> journal.sharing().server(name).orElseThrow())
                    .allMatch(server -> isSame(server, one.flow().journal().sharing())));
  }

  private static boolean isSame(Instance server, Sharing sharing) {
    Instance instance = sharing.instance().orElseThrow();
    return server.name().equals(instance.name()) && server.api().equals(instance.api());
  }

  static String name(Stage stage) {
    return stage.flow().journal().sharing().instance().orElseThrow().name();
  }

  /** Recipients that fall to an instance now. */
  static List<String> servedBy(Stage stage) {
    return RECIPIENTS.stream().filter(stage.flow().journal().sharing()::serves).toList();
  }

  /** Asks an instance's configured API with a token. */
  ApiClient client(Stage stage, String token) {
    return new ApiClient(
            http, "http://127.0.0.1:" + (stage == capturing ? capturingPort : otherPort))
        .with("Authorization", "Bearer " + token);
  }

  @Override
  public void close() {
    other.close();
    capturing.close();
    wayToOther.close();
    http.close();
  }
}
