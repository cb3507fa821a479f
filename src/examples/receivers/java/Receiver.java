import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executors;

/**
 * A receiver that keeps a copy of what it is told, with {@code RowhookKit.java} and {@code
 * RowhookEvent.java} beside it: {@code java -cp postgresql-42.7.13.jar Receiver.java}
 *
 * <p>{@code SECRET} is the one that the sender signs with ({@code whsec_...}), {@code PORT} where
 * it listens (8080), {@code DATABASE} a URL of JDBC, as {@code
 * jdbc:postgresql://localhost/shop?user=shop}, {@code MAX_BODY} the largest body that it reads, in
 * bytes (16 MB).
 */
public class Receiver {

  private static final Map<String, String> ENV = System.getenv();
  private static final String SECRET = ENV.getOrDefault("SECRET", "");
  private static final String DATABASE =
      ENV.getOrDefault("DATABASE", "jdbc:postgresql://localhost/shop");
  private static final int PORT = Integer.parseInt(ENV.getOrDefault("PORT", "8080"));

  private static final int MAX_BODY =
      Integer.parseInt(ENV.getOrDefault("MAX_BODY", String.valueOf(16 * 1024 * 1024)));

  /** So many requests at once, and connections of the database for them. */
  private static final int THREADS = 8;

  /** The second one is without a key: an event that was applied twice would stand there twice. */
  private static final List<String> TABLES =
      List.of(
          """
          CREATE TABLE IF NOT EXISTS entity_copy (
            entity_type text NOT NULL, entity_id text NOT NULL, body text NOT NULL,
            PRIMARY KEY (entity_type, entity_id))\
          """,
          """
          CREATE TABLE IF NOT EXISTS history (
            event_id text NOT NULL, sequence bigint NOT NULL, event text NOT NULL,
            entity_type text NOT NULL, entity_id text NOT NULL, body text NOT NULL)\
          """);

  private static final RowhookKit KIT = new RowhookKit("rowhook");
  private static final ConcurrentLinkedDeque<Connection> FREE = new ConcurrentLinkedDeque<>();

  private record Answer(int status, String text) {}

  public static void main(String[] arguments) throws Exception {
    if (SECRET.isEmpty()) {
      System.err.println("SECRET has to be the secret that the sender signs with, as whsec_...");
      System.exit(1);
    }
    System.setProperty("sun.net.httpserver.nodelay", "true"); // else an answer takes 40 ms
    System.setProperty("sun.net.httpserver.maxReqTime", "30"); // seconds for a request to come
    System.setProperty("sun.net.httpserver.drainAmount", "0"); // of what an answer leaves unread
    try (Connection connection = DriverManager.getConnection(DATABASE);
        Statement statement = connection.createStatement()) {
      RowhookKit.prepare(connection);
      for (String table : TABLES) {
        statement.execute(table);
      }
    }
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT), 100);
    server.setExecutor(Executors.newFixedThreadPool(THREADS));
    server.createContext("/", Receiver::handle);
    server.start();
    System.out.println("Listening on http://127.0.0.1:" + PORT + "/");
  }

  private static void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer;
      try {
        answer = exchange.getRequestMethod().equals("GET") ? get() : post(exchange);
      } catch (RowhookEvent.RequestException e) {
        answer = new Answer(400, e.getMessage());
      } catch (SQLException | RuntimeException e) {
        System.err.println(e); // the sender tries again: nothing of it has happened here
        answer = new Answer(500, "Not kept.");
      }
      byte[] text = answer.text().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), text.length == 0 ? -1 : text.length);
      exchange.getResponseBody().write(text);
    }
  }

  private static Answer post(HttpExchange exchange) throws IOException, SQLException {
    String length = exchange.getRequestHeaders().getFirst("Content-Length");
    boolean large = length != null && Long.parseLong(length) > MAX_BODY;
    byte[] body = large ? null : exchange.getRequestBody().readNBytes(MAX_BODY + 1);
    if (large || body.length > MAX_BODY) {
      exchange.getResponseHeaders().set("Connection", "close"); // the rest is not read
      return new Answer(413, "The body is larger than " + MAX_BODY + " bytes.");
    }
    if (!RowhookKit.verify(SECRET, exchange.getRequestHeaders()::getFirst, body)) {
      return new Answer(401, "The signature is not right, or older than five minutes.");
    }
    Connection connection = connection();
    boolean well = false;
    try {
      KIT.receive(
          connection,
          exchange.getRequestHeaders()::getFirst,
          body,
          event -> keep(connection, event));
      connection.commit();
      well = true;
      return new Answer(200, "");
    } finally {
      release(connection, well);
    }
  }

  /** What this receiver does with an event, in the transaction that notes it as applied. */
  private static void keep(Connection connection, RowhookEvent event) throws SQLException {
    if (event.entityType().equals("Rowhook")) {
      return; // what happened to the sender: none of the ERP's entities
    }
    execute(
        connection,
        "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?)",
        event.id(),
        event.sequence(),
        event.event(),
        event.entityType(),
        event.entityId(),
        event.body());
    if (event.event().equals("Deleted")) {
      execute(
          connection,
          "DELETE FROM entity_copy WHERE entity_type = ? AND entity_id = ?",
          event.entityType(),
          event.entityId());
      return;
    }
    execute(
        connection,
        """
        INSERT INTO entity_copy VALUES (?, ?, ?)
        ON CONFLICT (entity_type, entity_id) DO UPDATE SET body = excluded.body\
        """,
        event.entityType(),
        event.entityId(),
        event.body());
  }

  private static Answer get() throws SQLException {
    Connection connection = connection();
    boolean well = false;
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM entity_copy")) {
      row.next();
      String mark = KIT.completeTo(connection).map(to -> '"' + to + '"').orElse("null");
      String text = "{\"entities\": %d, \"completeTo\": %s}".formatted(row.getLong(1), mark);
      connection.commit();
      well = true;
      return new Answer(200, text);
    } finally {
      release(connection, well);
    }
  }

  private static void execute(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }

  private static Connection connection() throws SQLException {
    Connection free = FREE.poll();
    if (free != null) {
      return free;
    }
    Connection made = DriverManager.getConnection(DATABASE);
    made.setAutoCommit(false);
    return made;
  }

  /** One that has failed is closed, which rolls back. */
  private static void release(Connection connection, boolean well) throws SQLException {
    if (well) {
      FREE.push(connection);
    } else {
      connection.close();
    }
  }
}
