package io.rowhook.admin.http;

import io.helidon.common.tls.Tls;
import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.TransportResponse;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.http.media.MediaContext;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.rowhook.admin.RunningService;
import io.rowhook.admin.api.Operation;
import io.rowhook.admin.api.Operations;
import io.rowhook.admin.api.Problem;
import io.rowhook.admin.api.ProblemType;
import io.rowhook.base.Json;
import io.rowhook.recipient.TlsConfig.Identity;
import io.rowhook.settings.AdminSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * The API's server: one listener on the loopback for the commands, and one where {@code
 * rowhook.yaml} says so. Each request has a virtual thread of its own.
 */
public final class ApiServer implements AutoCloseable {

  /** People ask, and some machines. */
  private static final int MAX_REQUESTS = 16;

  private static final int MAX_CONNECTIONS = 128;

  /** The first line's: in it are 100 names of entities, or an id of 4,096 characters. */
  private static final int MAX_LINE_BYTES = 128 * 1024;

  /** What is beyond it is not even read to be thrown away. */
  static final int HARD_LIMIT = 2 * Operation.Body.FILE_BYTES;

  private static final Duration IDLE = Duration.ofSeconds(60);
  private static final Duration IDLE_LOOKS = Duration.ofSeconds(5);
  private static final String CONFIGURED = "configured";
  private static final String NOT_HTTP = "not HTTP as it should be";

  private final RequestDeadlines deadlines = new RequestDeadlines();
  private final WebServer server;

  /**
   * Listens.
   *
   * @param host of the listener for the commands; its port is chosen by the system
   * @param local who may ask there
   * @param started what {@code rowhook.yaml} says of another listener; empty: there is none
   * @param current the same as it is in force now
   * @throws IllegalStateException if it cannot listen there
   */
  public ApiServer(
      InetAddress host,
      LocalAccess local,
      Optional<AdminSettings> started,
      Supplier<AdminSettings> current,
      RunningService service) {
    Semaphore room = new Semaphore(MAX_REQUESTS);
    RefusalLog refusals = new RefusalLog(InstantSource.system());
    Router router = new Router(Operations.ALL);
    WebServerConfig.Builder builder = WebServer.builder();
    builder.shutdownHook(false).featuresDiscoverServices(false).host(host.getHostAddress()).port(0);
    configure(builder, new ApiHandler(local, router, service, room, deadlines, refusals));
    if (started.isPresent()) {
      AdminSettings settings = started.get();
      ListenerConfig.Builder listener = ListenerConfig.builder().name(CONFIGURED);
      listener.bindAddress(settings.address());
      settings.tls().ifPresent(first -> listener.tls(tls(() -> identity(current, first))));
      Access access = new ConfiguredAccess(current, InstantSource.system());
      configure(listener, new ApiHandler(access, router, service, room, deadlines, refusals));
      builder.putSocket(CONFIGURED, listener.build());
    }
    server = builder.build();
    server.start();
    if (!server.isRunning()) { // it only logs why
      deadlines.close();
      throw new IllegalStateException(
          started
              .map(one -> inTheWay(one.address()).orElse("the log has it"))
              .orElse("no address is free"));
    }
  }

  /** What is in the way of listening there, by trying it; empty: nothing just now. */
  public static Optional<String> inTheWay(SocketAddress address) {
    try (ServerSocketChannel channel =
        address instanceof UnixDomainSocketAddress
            ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            : ServerSocketChannel.open()) {
      channel.bind(address);
      if (address instanceof UnixDomainSocketAddress socket) {
        Files.deleteIfExists(socket.getPath());
      }
      return Optional.empty();
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static Identity identity(Supplier<AdminSettings> current, Identity first) {
    return current.get().tls().orElse(first);
  }

  private static Tls tls(Supplier<Identity> identity) {
    return Tls.builder().sslContext(ServerIdentity.context(identity)).build();
  }

  private void configure(ListenerConfig.BuilderBase<?, ?> listener, ApiHandler handler) {
    listener
        .addProtocol(
            Http1Config.builder()
                .addReceiveListener(deadlines)
                .maxPrologueLength(MAX_LINE_BYTES)
                .build())
        .protocolsDiscoverServices(false)
        .routing(HttpRouting.builder().any(handler))
        .directHandlers(problems())
        .mediaContext(MediaContext.builder().mediaSupportsDiscoverServices(false).build())
        .contentEncoding(
            ContentEncodingContext.builder().contentEncodingsDiscoverServices(false).build())
        .maxPayloadSize(HARD_LIMIT)
        .maxTcpConnections(MAX_CONNECTIONS)
        .idleConnectionTimeout(IDLE)
        .idleConnectionPeriod(IDLE_LOOKS);
  }

  /** What Helidon refuses by itself, before a request gets to be handled. */
  private static DirectHandlers problems() {
    DirectHandlers.Builder all = DirectHandlers.builder();
    for (DirectHandler.EventType event : DirectHandler.EventType.values()) {
      all.addHandler(event, ApiServer::refused);
    }
    return all.build();
  }

  /** Its status is the problem's own, which the document names. */
  private static TransportResponse refused(
      DirectHandler.TransportRequest request,
      DirectHandler.EventType event,
      Status status,
      ServerResponseHeaders headers,
      String message) {
    boolean lineUnread = request.path().isEmpty(); // whatever Helidon makes of that
    ProblemType type = lineUnread ? ProblemType.MALFORMED : ProblemType.of(status.code());
    String detail = type == ProblemType.FAULT ? "the service's log has it" : NOT_HTTP;
    if (status.code() == Status.REQUEST_URI_TOO_LONG_414.code()) {
      detail =
          "the address is too long: a request's first line has at most %d bytes"
              .formatted(MAX_LINE_BYTES);
    }
    String body =
        request.method().equals("HEAD")
            ? ""
            : Json.text(Problem.of(type, detail).json(request.path()));
    return TransportResponse.builder()
        .status(Status.create(type.status()))
        .headers(headers)
        .header(HeaderNames.CONTENT_TYPE, Problem.CONTENT_TYPE)
        .keepAlive(false)
        .entity(body.getBytes(StandardCharsets.UTF_8))
        .build();
  }

  /** The port of the listener for the commands. */
  public int port() {
    return server.port();
  }

  /** The port of the configured listener; -1: there is none, or it has none. */
  public int configuredPort() {
    return server.port(CONFIGURED);
  }

  /** Stops listening; requests under way are cut off. */
  @Override
  public void close() {
    deadlines.close();
    server.stop();
  }
}
