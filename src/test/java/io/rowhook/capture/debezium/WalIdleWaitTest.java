package io.rowhook.capture.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.Rig;
import io.rowhook.capture.connection.PeekableSocket;
import io.rowhook.testing.Certificates;
import io.rowhook.testing.Certificates.Issued;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Map;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A quiet log is waited for, and not looked at again and again; nothing of it is missed. */
final class WalIdleWaitTest {

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  @BeforeAll
  static void startDatabase() {
    database.execute("CREATE TABLE article (id int PRIMARY KEY, name text)");
  }

  /** Sockets of the administrator's own choice, which cannot be waited for. */
  public static final class OtherSockets extends SocketFactory {
    private final SocketFactory usual = SocketFactory.getDefault();

    @Override
    public Socket createSocket() throws IOException {
      return usual.createSocket();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      return usual.createSocket(host, port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
        throws IOException {
      return usual.createSocket(host, port, localHost, localPort);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      return usual.createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
        throws IOException {
      return usual.createSocket(host, port, localHost, localPort);
    }
  }

  private static boolean readerIsIn(String type, String method) {
    return Thread.getAllStackTraces().values().stream()
        .filter(stack ->
            Arrays.stream(stack)
                .anyMatch(frame -> isIn(frame, WalIdleWait.class.getName(), "after")))
        .anyMatch(stack -> Arrays.stream(stack).anyMatch(frame -> isIn(frame, type, method)));
  }

  private static boolean isIn(StackTraceElement frame, String type, String method) {
    return frame.getClassName().equals(type) && frame.getMethodName().equals(method);
  }

  private static void awaitDoze() {
    Eventually.within(
        Rig.SOON, "waiting", () -> readerIsIn(PeekableSocket.class.getName(), "awaitInput"));
  }

  private void hearsWhatComes(Rig rig) {
    for (int i = 1; i <= 5; i++) {
      awaitDoze();
      database.execute("INSERT INTO article VALUES (" + i + ", 'bolt')");
      rig.awaitRows(i);
    }
    assertThat(rig.failures).isEmpty();
    database.execute("TRUNCATE article");
  }

  @Test
  void aQuietLogIsWaitedFor() {
    try (Rig rig = new Rig(database, "quiet", "public.article")) {
      rig.start();
      hearsWhatComes(rig);
    }
  }

  @Test
  void soItIsUnderTls() {
    Issued certificate = Certificates.get().server;
    file("doze.key", certificate.keyPem());
    file("doze.crt", certificate.certificatePem());
    database.set("ssl_key_file", "doze.key");
    database.set("ssl_cert_file", "doze.crt");
    database.set("ssl", "on");
    try (Rig rig = new Rig(database, "tls", "public.article")) {
      rig.properties = Map.of("database.sslmode", "require");
      rig.start();
      assertThat(
              database.query(
                  "SELECT bool_and(s.ssl) FROM pg_stat_ssl s JOIN pg_stat_replication USING (pid)"))
          .isEqualTo("t");
      hearsWhatComes(rig);
    }
  }

  /** As only the server may read it. */
  private static void file(String name, String content) {
    database.execute(
        "COPY (SELECT regexp_split_to_table('%s', '\n')) TO PROGRAM 'umask 077; cat > %s'"
            .formatted(content, name));
  }

  @Test
  void aConnectionThatBreaksMeanwhileIsMadeAnew() {
    try (Rig rig = new Rig(database, "broken", "public.article")) {
      rig.start();
      awaitDoze();
      database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_replication");
      Eventually.within(Rig.SOON, "failure", () -> !rig.failures.isEmpty());
      database.execute("INSERT INTO article VALUES (1, 'bolt')");
      rig.awaitRows(1);
    }
    database.execute("TRUNCATE article");
  }

  @Test
  void aLogBehindForeignSocketsIsLookedAtLessOften() {
    try (Rig rig = new Rig(database, "foreign", "public.article")) {
      rig.properties = Map.of("driver.socketFactory", OtherSockets.class.getName());
      rig.start();
      Eventually.within(Rig.SOON, "sleeping", () -> readerIsIn(Thread.class.getName(), "sleep"));
      database.execute("INSERT INTO article VALUES (1, 'bolt')");
      rig.awaitRows(1);
      assertThat(rig.failures).isEmpty();
    }
    database.execute("TRUNCATE article");
  }
}
