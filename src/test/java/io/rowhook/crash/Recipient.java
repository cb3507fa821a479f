package io.rowhook.crash;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.standardwebhooks.Webhook;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A recipient of the story: writes down every request in the order of their coming, checks what can
 * be checked of one alone (signature, id, values), and refuses some if it is of that kind.
 */
final class Recipient implements AutoCloseable {

  static {
    // Else the JDK's server sends head and body of an answer 40 ms apart (Nagle, delayed ACK).
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private static final JsonFactory JSON = new JsonFactory();

  /** Well after its own time limit, if it is rude. */
  private static final Duration LATE = Duration.ofSeconds(3);

  private final String name;
  private final boolean sequential;
  private final int refusedPercent;
  private final boolean rude;
  private final int batch; // events in a request; 0: one, and no array
  private final Duration takes; // to answer
  private final Webhook webhook;
  private final String secret;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Arrival> arrivals = new ArrayList<>(); // guarded by itself, as is the next
  private final Set<String> accepted = new HashSet<>();
  private final List<Long> times = new ArrayList<>(); // System.nanoTime: when it accepted

  /**
   * Starts it.
   *
   * @param refusedPercent how many requests are answered 503
   */
  Recipient(String name, boolean sequential, int refusedPercent) throws Exception {
    this(name, sequential, refusedPercent, false);
  }

  /**
   * Starts one of the worse kind.
   *
   * @param rude whether it refuses in many ways: by 500, by a redirect, by hanging up, by an answer
   *     that comes too late or trickles
   */
  Recipient(String name, boolean sequential, int refusedPercent, boolean rude) throws Exception {
    this(name, sequential, refusedPercent, rude, 0, Duration.ZERO);
  }

  /** Starts one that takes its time to answer. */
  static Recipient slow(String name, boolean sequential, int refusedPercent, Duration takes)
      throws Exception {
    return new Recipient(name, sequential, refusedPercent, false, 0, takes);
  }

  /** Starts one that is sent several events in a request. */
  static Recipient ofBatches(String name, boolean sequential, int refusedPercent, int batch)
      throws Exception {
    return new Recipient(name, sequential, refusedPercent, false, batch, Duration.ZERO);
  }

  private Recipient(
      String name, boolean sequential, int refusedPercent, boolean rude, int batch, Duration takes)
      throws Exception {
    this.name = name;
    this.takes = takes;
    this.rude = rude;
    this.batch = batch;
    this.sequential = sequential;
    this.refusedPercent = refusedPercent;
    byte[] key = Arrival.sha256(("the key of " + name).getBytes(StandardCharsets.UTF_8));
    this.secret = "whsec_" + java.util.Base64.getEncoder().encodeToString(key);
    this.webhook = new Webhook(secret);
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  String name() {
    return name;
  }

  boolean sequential() {
    return sequential;
  }

  /** For {@code recipients/<name>.yaml}. Delays so many that no delivery can end failed. */
  String yaml() {
    String delays = "50ms, 100ms, 200ms" + ", 300ms".repeat(20);
    return """
    url: http://127.0.0.1:%d/%s
    authentication:
      hmac: { secret: "%s" }
    processing: %s
    timeout: %s
    retry: { delays: [%s], from: previous, jitter: 0.2 }
    pause: { failures: 10000, within: 1s }
    allow: { http: true, networks: [127.0.0.0/8] }
    %s
    """
        .formatted(
            server.getAddress().getPort(),
            name,
            secret,
            sequential ? "sequential" : "parallel\njobs: 6",
            rude ? "1s" : "20s",
            delays,
            batch == 0 ? "" : "batch: { max: " + batch + ", wait: 20ms }");
  }

  /** All requests so far. */
  List<Arrival> arrivals() {
    synchronized (arrivals) {
      return List.copyOf(arrivals);
    }
  }

  /** When it has accepted a request, by {@link System#nanoTime}. */
  List<Long> times() {
    synchronized (arrivals) {
      return List.copyOf(times);
    }
  }

  /** The last of these times; long ago if there is none. */
  long lastAccepted() {
    synchronized (arrivals) {
      return times.isEmpty() ? Long.MIN_VALUE / 2 : times.getLast();
    }
  }

  /** How many different events it has accepted. */
  int acceptedEvents() {
    synchronized (arrivals) {
      return accepted.size();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      boolean accept = ThreadLocalRandom.current().nextInt(100) >= refusedPercent;
      List<Arrival> came = arrivals(exchange, body, accept);
      synchronized (arrivals) {
        arrivals.addAll(came);
        if (accept) {
          came.forEach(arrival -> accepted.add(arrival.id()));
          times.add(System.nanoTime());
        }
      }
      Thread.sleep(takes);
      if (accept) {
        exchange.sendResponseHeaders(200, -1);
      } else {
        refuse(exchange);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closing
    }
  }

  private void refuse(HttpExchange exchange) throws IOException, InterruptedException {
    switch (rude ? ThreadLocalRandom.current().nextInt(6) : 0) {
      case 0 -> exchange.sendResponseHeaders(503, -1);
      case 1 -> exchange.sendResponseHeaders(500, -1);
      case 2 -> {
        exchange.getResponseHeaders().set("Location", "http://127.0.0.1:1/");
        exchange.sendResponseHeaders(302, -1);
      }
      case 3 -> {} // it is closed without an answer
      case 4 -> {
        Thread.sleep(LATE);
        exchange.sendResponseHeaders(200, -1);
      }
      default -> {
        exchange.sendResponseHeaders(200, 0);
        for (int i = 0; i < 20; i++) {
          exchange.getResponseBody().write(' ');
          exchange.getResponseBody().flush();
          Thread.sleep(LATE.dividedBy(10));
        }
      }
    }
  }

  private List<Arrival> arrivals(HttpExchange exchange, byte[] body, boolean accept)
      throws IOException {
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(exchange.getRequestHeaders());
    String id = first(headers, "Webhook-Id");
    String fault = "";
    try {
      webhook.verify(new String(body, StandardCharsets.UTF_8), headers);
    } catch (com.standardwebhooks.exceptions.WebhookVerificationException e) {
      fault = "signature: " + e.getMessage();
    }
    String sequences = first(headers, "Rowhook-Sequence");
    if (batch == 0) {
      return List.of(Arrival.of(id, body, Long.parseLong("0" + sequences), accept, fault));
    }
    String[] ids = first(headers, "Rowhook-Event-Ids").split(",", -1);
    String request = first(headers, "Rowhook-Request-Id");
    String[] places = sequences.split(",", -1);
    List<Arrival> all = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(body)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        byte[] own = Arrays.copyOfRange(body, from, (int) parser.currentLocation().getByteOffset());
        int place = all.size();
        all.add(Arrival.of(request, ids[place], own, Long.parseLong(places[place]), accept, fault));
      }
    }
    return all;
  }

  private static String first(Map<String, List<String>> headers, String header) {
    List<String> values = headers.getOrDefault(header, List.of());
    return values.isEmpty() ? "" : values.getFirst();
  }
}
