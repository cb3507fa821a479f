package io.rowhook.admin;

import io.rowhook.admin.api.EndpointFile;
import io.rowhook.admin.http.ApiServer;
import io.rowhook.admin.http.LocalAccess;
import io.rowhook.admin.instances.InstanceClient;
import io.rowhook.recipient.Secret;
import io.rowhook.settings.AdminSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the running service is asked and told what to do: on the loopback, at a port that the
 * system chooses, for whoever can read the {@link EndpointFile} beside the journal, as the commands
 * do; and where {@code admin} in {@code rowhook.yaml} says so.
 */
public final class AdminServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

  /** Whoever is of the group of the service may use its Unix socket. */
  private static final String SOCKET_RIGHTS = "rw-rw----";

  private static final Duration LOOK = Duration.ofMillis(50);

  private final Optional<AdminSettings> started;
  private final Supplier<Optional<AdminSettings>> current;
  private final ApiServer server;
  private final EndpointFile me;
  private final Path file;
  private final InstanceClient instances;

  /**
   * Opens the server of a running service.
   *
   * @param settings what they say of it at the moment
   * @throws IllegalStateException if it cannot listen, or cannot say where; in words for the user
   */
  public static AdminServer open(
      Path journal, RunningService service, Supplier<Optional<AdminSettings>> settings) {
    try {
      return new AdminServer(journal, service, settings);
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
   * Refuses an address that cannot be had, before anything is begun that would have to be ended
   * again.
   *
   * @throws IllegalStateException in words for the user
   */
  public static void check(AdminSettings settings) {
    unixSocket(settings).ifPresent(AdminServer::removeStale);
    ApiServer.inTheWay(settings.address())
        .ifPresent(why -> {
          throw new IllegalStateException(cannotListen(Optional.of(settings), why));
        });
  }

  /**
   * Waits until an address can be had that the service before, which is ending, has yet; so long at
   * most: {@link #open} says what is in the way then.
   */
  public static void await(AdminSettings settings, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    unixSocket(settings).ifPresent(AdminServer::removeStale);
    while (ApiServer.inTheWay(settings.address()).isPresent() && System.nanoTime() - deadline < 0) {
      Thread.sleep(LOOK);
      unixSocket(settings).ifPresent(AdminServer::removeStale);
    }
  }

  private AdminServer(
      Path journal, RunningService service, Supplier<Optional<AdminSettings>> settings)
      throws IOException {
    this.current = settings;
    this.started = settings.get();
    this.file = EndpointFile.beside(journal);
    unixSocket().ifPresent(AdminServer::removeStale);
    Late late = new Late();
    server =
        listen(new LocalAccess(late, () -> settings.get().flatMap(AdminServer::token)), service);
    instances = service.instances();
    me = EndpointFile.of(server.port(), started.map(AdminSettings::place));
    late.file = me;
    try {
      me.write(file);
    } catch (IOException e) {
      server.close();
      throw e;
    }
    unixSocket().ifPresent(AdminServer::restrict);
    started.ifPresent(one ->
        LOG.info(
            "the admin API listens at {}{}",
            one.shown(server.configuredPort()),
            one.isUnix() ? "" : ", and there is the page"));
  }

  /** By which another instance lets do as much as may be. */
  private static Optional<Secret> token(AdminSettings settings) {
    return settings.operate().or(settings::read);
  }

  /** Known only once the system has chosen a port. */
  private static final class Late implements Supplier<EndpointFile> {
    private volatile @Nullable EndpointFile file;

    @Override
    public EndpointFile get() {
      return Objects.requireNonNull(file, "nobody knows the port yet");
    }
  }

  private ApiServer listen(LocalAccess local, RunningService service) {
    InetAddress host = InetAddress.ofLiteral(EndpointFile.HOST);
    try {
      return new ApiServer(host, local, started, this::inForce, service);
    } catch (RuntimeException e) {
      throw new IllegalStateException(cannotListen(started, cause(e)), e);
    }
  }

  private static String cannotListen(Optional<AdminSettings> settings, String why) {
    return "the admin API cannot listen"
        + settings.map(one -> " at " + one.shown(0) + " (admin.address)").orElse("")
        + ": "
        + why
        + ". Give it another address in rowhook.yaml, or "
        + (settings.filter(AdminSettings::isUnix).isPresent()
            ? "see that its directory is there and writable, and nothing else in its place"
            : "end what has this one");
  }

  private static String cause(Throwable e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return String.valueOf(deepest.getMessage());
  }

  /**
   * The settings in force, as far as they are of this listener: another address takes a new start,
   * and what goes with it must not open this one.
   */
  private AdminSettings inForce() {
    AdminSettings first = started.orElseThrow();
    return current
        .get()
        .filter(now -> now.address().equals(first.address()))
        .filter(now -> now.tls().isPresent() == first.tls().isPresent())
        .orElse(first);
  }

  /** The file beside a journal that says where its service listens. */
  public static Path file(Path journal) {
    return EndpointFile.beside(journal);
  }

  /** The port of the listener that {@code rowhook.yaml} asks for; -1: there is none. */
  public int configuredPort() {
    return server.configuredPort();
  }

  private Optional<Path> unixSocket() {
    return started.flatMap(AdminServer::unixSocket);
  }

  private static Optional<Path> unixSocket(AdminSettings settings) {
    return settings.address() instanceof UnixDomainSocketAddress socket
        ? Optional.of(socket.getPath())
        : Optional.empty();
  }

  /** What a process has left that was killed. One that somebody listens at stays. */
  private static void removeStale(Path socket) {
    if (!Files.exists(socket)) {
      return;
    }
    try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      LOG.debug("somebody listens at {}", socket);
    } catch (IOException e) {
      try {
        if (!Files.isRegularFile(socket) && !Files.isDirectory(socket)) {
          Files.deleteIfExists(socket);
        }
      } catch (IOException again) {
        LOG.warn("{} could not be removed: {}", socket, again.toString());
      }
    }
  }

  private static void restrict(Path socket) {
    try {
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString(SOCKET_RIGHTS));
    } catch (IOException | UnsupportedOperationException e) {
      LOG.warn("the rights of {} could not be set: {}", socket, e.toString());
    }
  }

  /** Takes the file away: whoever comes next asks another one. It goes on listening. */
  public void retire() {
    try {
      me.remove(file);
    } catch (IOException e) {
      LOG.warn("{} could not be removed: {}", file, e.toString());
    }
  }

  /** Takes the file away and stops listening; requests under way are cut off. */
  @Override
  public void close() {
    retire();
    instances.close();
    server.close();
    unixSocket()
        .ifPresent(socket -> {
          try {
            Files.deleteIfExists(socket);
          } catch (IOException e) {
            LOG.warn("{} could not be removed: {}", socket, e.toString());
          }
        });
  }
}
