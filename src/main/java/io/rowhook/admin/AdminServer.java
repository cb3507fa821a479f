package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.rowhook.admin.api.AdminAction;
import io.rowhook.admin.api.AdminCommands;
import io.rowhook.admin.api.AdminRequest;
import io.rowhook.admin.api.EndpointFile;
import io.rowhook.base.Json;
import io.rowhook.journal.DeliveryAdminException;
import io.rowhook.journal.JournalException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the commands reach the running service: on the loopback, at a port that the system chooses,
 * for whoever can read the {@link EndpointFile} beside the journal. {@code POST /<action>} with a
 * JSON object, answered with one.
 *
 * <p>Each request must carry the token, and name this address as its host: a page in a browser that
 * was led here by a name of its own knows neither.
 */
public final class AdminServer implements AutoCloseable {

  /** A command's request is a few hundred bytes. */
  static final int MAX_BODY_BYTES = 64 * 1024;

  /** People ask, not machines. */
  private static final int MAX_REQUESTS = 16;

  /**
   * Whole seconds within which a request must have come; without it half a request would keep its
   * connection, and one of the few places, for good.
   */
  static final int REQUEST_SECONDS = 5;

  static {
    // The JDK's server has no other way to be told, and looks once, before its first use.
    System.setProperty("sun.net.httpserver.maxReqTime", Integer.toString(REQUEST_SECONDS));
  }

  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

  private final Map<String, AdminAction> actions;
  private final Semaphore room = new Semaphore(MAX_REQUESTS);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private final EndpointFile me;
  private final Path file;

  /**
   * Opens the server of a running service.
   *
   * @throws IllegalStateException if it cannot listen, or cannot say where; in words for the user
   */
  public static AdminServer open(Path journal, RunningService service) {
    try {
      return new AdminServer(journal, AdminCommands.of(service));
    } catch (IOException e) {
      throw new IllegalStateException(
          "the commands cannot reach the service, which so cannot be operated: "
              + file(journal)
              + ": "
              + e.getMessage(),
          e);
    }
  }

  /**
   * Listens, and says where beside the journal.
   *
   * @throws IOException if it cannot listen, or cannot say so
   */
  AdminServer(Path journal, Map<String, AdminAction> actions) throws IOException {
    this.actions = Map.copyOf(actions);
    this.file = EndpointFile.beside(journal);
    server =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral(EndpointFile.HOST), 0), 0);
    me = EndpointFile.of(server.getAddress().getPort());
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
    try {
      me.write(file);
    } catch (IOException e) {
      server.stop(0);
      throw e;
    }
  }

  /** The file beside a journal that says where its service listens. */
  public static Path file(Path journal) {
    return EndpointFile.beside(journal);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!room.tryAcquire()) {
        refuse(exchange, 503, "the service is busy with other commands: try again");
        return;
      }
      try {
        judge(exchange);
      } finally {
        room.release();
      }
    }
  }

  private void judge(HttpExchange exchange) throws IOException {
    String host = exchange.getRequestHeaders().getFirst("Host");
    if (!me.authority().equals(host)) {
      refuse(exchange, 421, "this is not " + me.authority());
      return;
    }
    if (!isTrusted(exchange.getRequestHeaders().getFirst("Authorization"))) {
      refuse(exchange, 401, "the token is missing or another's");
      return;
    }
    AdminAction action = actions.get(exchange.getRequestURI().getPath().substring(1));
    if (action == null || !exchange.getRequestMethod().equals("POST")) {
      refuse(exchange, 404, "the service knows no such command: it is of another version");
      return;
    }
    byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
    if (body.length > MAX_BODY_BYTES) {
      refuse(exchange, 413, "a request has at most " + MAX_BODY_BYTES + " bytes");
      return;
    }
    run(exchange, action, body);
  }

  private boolean isTrusted(@Nullable String authorization) {
    String expected = "Bearer " + me.token().reveal();
    return authorization != null
        && MessageDigest.isEqual(
            expected.getBytes(StandardCharsets.UTF_8),
            authorization.getBytes(StandardCharsets.UTF_8));
  }

  private static void run(HttpExchange exchange, AdminAction action, byte[] body)
      throws IOException {
    @Nullable JsonNode asked;
    try {
      asked = Json.MAPPER.readTree(body);
    } catch (IOException e) {
      asked = null;
    }
    if (asked == null || !asked.isObject()) {
      refuse(exchange, 400, "a request is a JSON object");
      return;
    }
    try {
      answer(exchange, 200, action.run(new AdminRequest(asked)));
    } catch (DeliveryAdminException | IllegalArgumentException e) {
      refuse(exchange, 409, String.valueOf(e.getMessage()));
    } catch (JournalException e) {
      refuse(exchange, 500, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      refuse(exchange, 503, "the service is stopping");
    } catch (RuntimeException e) {
      LOG.error("a command failed", e);
      refuse(exchange, 500, "a fault of Rowhook itself; the service's log has it");
    }
  }

  private static void refuse(HttpExchange exchange, int status, String words) throws IOException {
    ObjectNode error = Json.MAPPER.createObjectNode();
    answer(exchange, status, error.put("error", words));
  }

  private static void answer(HttpExchange exchange, int status, JsonNode json) throws IOException {
    byte[] body = Json.MAPPER.writeValueAsBytes(json);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  /** Takes the file away and stops listening; commands under way are cut off. */
  @Override
  public void close() {
    try {
      me.remove(file);
    } catch (IOException e) {
      LOG.warn("{} could not be removed: {}", file, e.toString());
    }
    server.stop(0);
    threads.shutdownNow();
  }
}
