package io.rowhook.testing;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports.Binding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** PostgreSQL of an image, in a container that Testcontainers makes and removes. */
final class ContainerServer implements DatabaseServer {

  private static final Duration STARTED_WITHIN = Duration.ofSeconds(60);
  private static final int STOPPED_WITHIN_S = 10;

  /** The image keeps all data somewhere below. */
  private static final String FILES = "/var/lib";

  private static final String FILES_NAME = "postgresql";

  private final String user;
  private final int port;
  private final PostgreSQLContainer container;
  private boolean running;

  ContainerServer(String image, String user, Map<String, String> settings) {
    this.user = user;
    this.port = Ports.free();
    this.container =
        new PostgreSQLContainer(DockerImageName.parse(image).asCompatibleSubstituteFor("postgres"))
            .withUsername(user)
            .withPassword("secret")
            .withDatabaseName("postgres")
            .withEnv("POSTGRES_HOST_AUTH_METHOD", "trust") // as the embedded one trusts
            .withEnv("POSTGRES_INITDB_ARGS", "--locale=C --encoding=UTF8")
            .withStartupTimeout(STARTED_WITHIN)
            .withCreateContainerCmdModifier(
                create -> fixPort(create, port, PostgreSQLContainer.POSTGRESQL_PORT));
    container.setCommand(command(settings));
  }

  private static String[] command(Map<String, String> settings) {
    List<String> command = new ArrayList<>(List.of("postgres"));
    settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    return command.toArray(String[]::new);
  }

  /** One that Docker chose would be another after each stop. */
  static void fixPort(CreateContainerCmd create, int port, int inside) {
    HostConfig host = create.getHostConfig();
    if (host == null) {
      throw new IllegalStateException("Testcontainers gives every container a host configuration");
    }
    host.withPortBindings(
        new PortBinding(Binding.bindIpAndPort("127.0.0.1", port), ExposedPort.tcp(inside)));
  }

  @Override
  public void start() {
    if (running) {
      return;
    }
    if (container.getContainerId() == null) {
      container.start();
    } else {
      container.getDockerClient().startContainerCmd(container.getContainerId()).exec();
    }
    running = true;
    Eventually.within(STARTED_WITHIN, "PostgreSQL answers", this::answers);
  }

  private boolean answers() throws Exception {
    String url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    try (var connection = DriverManager.getConnection(url, user, "")) {
      return connection.isValid(1);
    }
  }

  /** Past the limit Docker kills it: a replication client that does not answer holds it up. */
  @Override
  public void stop() {
    if (running) {
      running = false;
      container
          .getDockerClient()
          .stopContainerCmd(container.getContainerId())
          .withTimeout(STOPPED_WITHIN_S)
          .exec();
    }
  }

  @Override
  public void crash() {
    if (running) {
      running = false;
      container.getDockerClient().killContainerCmd(container.getContainerId()).exec();
      Eventually.within(STARTED_WITHIN, "the server has stopped", () -> !container.isRunning());
    }
  }

  @Override
  public Path backup() {
    try (InputStream files =
        container
            .getDockerClient()
            .copyArchiveFromContainerCmd(container.getContainerId(), FILES + "/" + FILES_NAME)
            .exec()) {
      Path copy = Files.createTempFile("source-backup-", ".tar");
      copy.toFile().deleteOnExit();
      Files.copy(files, copy, StandardCopyOption.REPLACE_EXISTING);
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is new since the copy stays; the server's own files do not speak of it any more. */
  @Override
  public void restore(Path backup) {
    try (InputStream files = Files.newInputStream(backup)) {
      container
          .getDockerClient()
          .copyArchiveToContainerCmd(container.getContainerId())
          .withTarInputStream(files)
          .withRemotePath(FILES)
          .exec();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public DatabaseServer standby(Map<String, String> primarySettings) {
    throw new UnsupportedOperationException("standbys are tested on the embedded server");
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public String log() {
    return container.getContainerId() == null ? "" : container.getLogs();
  }

  /** With its anonymous volumes. */
  @Override
  public void destroy() {
    running = false;
    container.stop();
  }
}
