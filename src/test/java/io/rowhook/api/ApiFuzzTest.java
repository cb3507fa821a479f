package io.rowhook.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.api.Operation;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.story.Stage;
import io.rowhook.testing.Ports;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is asked, several at once, the answer is one that the document names, with a body as it
 * says, and never a fault. {@code -Dapi.seed} draws one again, {@code -Dapi.requests} more of them.
 */
class ApiFuzzTest {

  private static final int AT_ONCE = 4;
  private static final String READ = "read-read-read-read";
  private static final String OPERATE = "operate-operate-operate";

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private Stage stage;
  private int port;
  private final ApiDocument document = new ApiDocument();
  private final Set<String> succeeded = ConcurrentHashMap.newKeySet();
  private final Map<Integer, Integer> statuses = new ConcurrentHashMap<>();

  @BeforeEach
  void start() throws IOException {
    port = Ports.free();
    stage = new Stage(source, directory).tables();
    stage.receiver("shop", TestReceiver.Settings.DEFAULT);
    stage.recipient(
        "shop",
        "url: ${env:SHOP_URL}\n"
            + "subscriptions: [{ entity: Article, events: [Created, Updated, Deleted, Snapshot]"
            + " }]");
    stage.recipient("down", "url: http://127.0.0.1:9/\nretry: { delays: [1h] }");
    stage.write(
        "connector-config/rowhook.yaml",
        "admin: { address: '127.0.0.1:%d', tokens: { read: %s, operate: %s } }\n"
            .formatted(port, READ, OPERATE));
    stage.start();
    source.execute(
        "INSERT INTO article SELECT n, 'A' || n, 'Chair', n, 0 FROM generate_series(1, 20) n");
    stage.await("shop", 20);
  }

  @AfterEach
  void stop() {
    stage.close();
  }

  @Test
  void aFew() throws Exception {
    fuzz(Long.getLong("api.seed", 19), Integer.getInteger("api.requests", 400));
  }

  @Test
  @Tag("slow")
  void many() throws Exception {
    fuzz(Long.getLong("api.seed", System.nanoTime()), Integer.getInteger("api.requests", 20_000));
  }

  private void fuzz(long seed, int requests) throws Exception {
    List<String> events = new ArrayList<>(List.of("1", "7", "9999"));
    Map<String, List<String>> known =
        Map.of(
            "recipient", List.of("shop", "down"),
            "entity", List.of("Article", "Order"),
            "resync", List.of("1", "2"),
            "audit", List.of("1", "2"),
            "whatIf", List.of("1", "2"),
            "event", events);
    try (HttpClient http = HttpClient.newHttpClient();
        ApiClient local = ApiClient.of(stage.journalFile());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      local
          .get("/v1/deliveries?recipient=shop")
          .json()
          .path("deliveries")
          .forEach(one -> events.add(one.path("event").asText()));
      ApiClient far = new ApiClient(http, "http://127.0.0.1:" + port);
      List<ApiClient> clients =
          List.of(
              local,
              far.with("Authorization", "Bearer " + OPERATE),
              far.with("Authorization", "Bearer " + READ),
              far,
              local.with("Authorization", "Bearer wrong"));
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        RequestDraw draw = new RequestDraw(seed + i, document.json(), known);
        running.add(
            threads.submit(() -> {
              for (int n = 0; n < requests / AT_ONCE; n++) {
                ask(draw, clients, "seed " + seed);
              }
            }));
      }
      for (Future<?> one : running) {
        one.get();
      }
      assertThat(local.get("/ready").status()).isEqualTo(200);
    }
    System.out.printf("%d requests, seed %d: %s%n", requests, seed, new TreeMap<>(statuses));
    assertThat(succeeded.size()).as("operations that succeeded: %s", succeeded).isGreaterThan(15);
  }

  private void ask(RequestDraw draw, List<ApiClient> clients, String seed) {
    RequestDraw.Drawn drawn = draw.next();
    int which = draw.below(10); // mostly one that may
    ApiClient client = clients.get(which < 6 ? which % 2 : which - 5);
    if (drawn.operationId().equals("followLiveEvents") && which < 8) {
      return; // has no end
    }
    for (Map.Entry<String, String> header : drawn.headers().entrySet()) {
      client = client.with(header.getKey(), header.getValue());
    }
    Operation operation =
        io.rowhook.admin.api.Operations.ALL.stream()
            .filter(one -> one.id().equals(drawn.operationId()))
            .findFirst()
            .orElseThrow();
    String what = seed + ", " + drawn.operationId() + " (" + drawn.spoilt() + ") ";
    ApiClient.Reply reply = client.ask(drawn.method(), drawn.path(), drawn.body());
    assertThat(reply.status()).as(what + drawn.path() + ": " + reply.text()).isNotEqualTo(500);
    document.check(operation, reply);
    statuses.merge(reply.status(), 1, Integer::sum);
    if (reply.status() < 300) {
      succeeded.add(drawn.operationId());
    }
  }
}
