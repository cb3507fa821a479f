package io.rowhook.admin.receive;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.rowhook.recipient.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A recipient for trying out, for tests and for the demo: takes requests, verifies them, hands each
 * to a listener and answers as it was told to. Starts in its constructor.
 *
 * <p>Each request has a virtual thread of its own, on which the listener is called before the
 * answer goes out.
 */
public final class TestReceiver implements AutoCloseable {

  /** The largest body that is taken; a larger one is answered 413. */
  static final int MAX_BODY_BYTES = 64 * 1024 * 1024;

  static {
    // Else the JDK's server sends head and body of an answer 40 ms apart (Nagle, delayed ACK).
    if (System.getProperty("sun.net.httpserver.nodelay") == null) {
      System.setProperty("sun.net.httpserver.nodelay", "true");
    }
  }

  /**
   * Whom to believe and what to answer.
   *
   * @param host the address to listen on
   * @param port 0: any free one
   * @param signature how signatures are checked
   * @param basic {@code user:password}, if that is required
   * @param bearer a token, if that is required
   * @param answer for requests that are believed
   * @param handedOn what hands believed requests on, whose answer's status is given then
   */
  public record Settings(
      String host,
      int port,
      SignatureVerifier signature,
      Optional<Secret> basic,
      Optional<Secret> bearer,
      Answer answer,
      Optional<Chaos> handedOn) {

    /** On any free port of the loopback; believes everyone, answers 200. */
    public static final Settings DEFAULT =
        new Settings(
            "127.0.0.1",
            0,
            SignatureVerifier.NONE,
            Optional.empty(),
            Optional.empty(),
            Answer.OK,
            Optional.empty());

    public Settings withPort(int number) {
      return new Settings(host, number, signature, basic, bearer, answer, handedOn);
    }

    public Settings withSignature(SignatureVerifier check) {
      return new Settings(host, port, check, basic, bearer, answer, handedOn);
    }

    public Settings withBasic(String userAndPassword) {
      return new Settings(
          host,
          port,
          signature,
          Optional.of(new Secret(userAndPassword)),
          bearer,
          answer,
          handedOn);
    }

    public Settings withBearer(String token) {
      return new Settings(
          host, port, signature, basic, Optional.of(new Secret(token)), answer, handedOn);
    }

    public Settings withHandedOn(Chaos chaos) {
      return new Settings(host, port, signature, basic, bearer, answer, Optional.of(chaos));
    }

    public Settings withAnswer(Answer other) {
      return new Settings(host, port, signature, basic, bearer, other, handedOn);
    }
  }

  /**
   * What believed requests are answered.
   *
   * @param status the HTTP status
   * @param failFirst so many requests are answered 500 first
   * @param delay before the answer
   * @param json the body; empty: none
   */
  public record Answer(int status, int failFirst, Duration delay, String json) {
    public static final Answer OK = new Answer(200, 0, Duration.ZERO, "");

    public Answer withStatus(int other) {
      return new Answer(other, failFirst, delay, json);
    }

    public Answer withFailFirst(int count) {
      return new Answer(status, count, delay, json);
    }

    public Answer withDelay(Duration time) {
      return new Answer(status, failFirst, time, json);
    }
  }

  private static final String BEARER = "Bearer ";

  private final Settings settings;
  private final Consumer<ReceivedRequest> listener;
  private final Consumer<ReceivedRequest> answered;
  private final AtomicLong believed = new AtomicLong();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  /**
   * Starts it.
   *
   * @throws IOException if it cannot listen there
   */
  public TestReceiver(Settings settings, Consumer<ReceivedRequest> listener) throws IOException {
    this(settings, listener, request -> {});
  }

  /**
   * Starts it.
   *
   * @param answered is called after the answer went out
   */
  public TestReceiver(
      Settings settings, Consumer<ReceivedRequest> listener, Consumer<ReceivedRequest> answered)
      throws IOException {
    this.settings = settings;
    this.listener = listener;
    this.answered = answered;
    this.server = HttpServer.create(new InetSocketAddress(settings.host(), settings.port()), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** Where it is reached: {@code http://127.0.0.1:41234/}. */
  public URI uri() {
    String host = settings.host();
    return URI.create(
        "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port() + "/");
  }

  /** Stops listening; requests under way are cut off. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    settings.handedOn().ifPresent(Chaos::close);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = read(exchange.getRequestBody());
      if (body.length > MAX_BODY_BYTES) {
        exchange.sendResponseHeaders(413, -1);
        return;
      }
      ReceivedRequest judged = judge(exchange, body);
      ReceivedRequest request = handedOn(judged);
      listener.accept(request);
      Thread.sleep(settings.answer().delay());
      answer(exchange, request);
      answered.accept(request);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] read(InputStream body) throws IOException {
    return body.readNBytes(MAX_BODY_BYTES + 1);
  }

  private ReceivedRequest judge(HttpExchange exchange, byte[] body) {
    Instant now = Instant.now();
    Map<String, List<String>> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
    VerificationResult signature = settings.signature().check(headers, body, now);
    List<String> authorization = headers.getOrDefault("authorization", List.of());
    boolean isToken = authorization.stream().anyMatch(one -> one.startsWith(BEARER));
    VerificationResult basic = authorized(isToken ? List.of() : authorization, expectedBasic());
    VerificationResult bearer = authorized(isToken ? authorization : List.of(), expectedBearer());
    boolean refused = signature.refuses() || basic.refuses() || bearer.refuses();
    int status = refused ? 401 : nextStatus();
    return new ReceivedRequest(
        now,
        exchange.getRequestMethod(),
        exchange.getRequestURI().toString(),
        headers,
        body,
        signature,
        basic,
        bearer,
        status);
  }

  /** With the status of whoever it was handed on to. */
  private ReceivedRequest handedOn(ReceivedRequest request) throws InterruptedException {
    Optional<Chaos> chaos = settings.handedOn();
    return chaos.isPresent() && request.accepted()
        ? request.answered(chaos.get().handOn(request))
        : request;
  }

  private int nextStatus() {
    Answer answer = settings.answer();
    return believed.incrementAndGet() <= answer.failFirst() ? 500 : answer.status();
  }

  /** RFC 7617, with UTF-8. */
  private Optional<String> expectedBasic() {
    return settings
        .basic()
        .map(pair -> pair.reveal().getBytes(StandardCharsets.UTF_8))
        .map(right -> "Basic " + Base64.getEncoder().encodeToString(right));
  }

  /** RFC 6750. */
  private Optional<String> expectedBearer() {
    return settings.bearer().map(token -> BEARER + token.reveal());
  }

  private static VerificationResult authorized(List<String> values, Optional<String> expected) {
    if (values.isEmpty()) {
      return expected.isEmpty() ? VerificationResult.ABSENT : VerificationResult.MISSING;
    }
    if (expected.isEmpty()) {
      return VerificationResult.UNCHECKED;
    }
    boolean same =
        MessageDigest.isEqual(
            expected.get().getBytes(StandardCharsets.UTF_8),
            values.getFirst().getBytes(StandardCharsets.UTF_8));
    return same && values.size() == 1 ? VerificationResult.VERIFIED : VerificationResult.WRONG;
  }

  private void answer(HttpExchange exchange, ReceivedRequest request) throws IOException {
    byte[] body =
        request.accepted()
            ? settings.answer().json().getBytes(StandardCharsets.UTF_8)
            : new byte[0];
    if (request.status() == 401) {
      exchange
          .getResponseHeaders()
          .set(
              "WWW-Authenticate",
              (settings.bearer().isPresent() ? BEARER : "Basic ") + "realm=\"rowhook receive\"");
    }
    if (body.length > 0) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
    }
    exchange.sendResponseHeaders(request.status(), body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }
}
