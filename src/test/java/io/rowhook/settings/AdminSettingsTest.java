package io.rowhook.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Where the API may listen, and what is refused. */
class AdminSettingsTest {

  private static final String LONG = "0123456789abcdef";

  @TempDir Path temp;

  private record Bad(String name, String yaml, String problem) {}

  private static final String OPEN =
      "admin.address is reached by other machines, and so needs admin.tls, with a certificate and"
          + " its key, and admin.tokens, with read or operate. Add what is missing, or write"
          + " 127.0.0.1 or unix:/path for whoever is on this machine.";
  private static final String NO_ADDRESS =
      "admin.address must be an IP address and a port, localhost and a port, or unix: and the path"
          + " of a socket, got: %s. Write for example 127.0.0.1:8181.";

  @TestFactory
  Stream<DynamicTest> whatIsRefused() {
    return Stream.of(
            new Bad("open", "address: '0.0.0.0:80'", "1:19: " + OPEN),
            new Bad("open, IPv6", "address: '[::]:80'", "1:19: " + OPEN),
            new Bad(
                "tokens without tls",
                "address: '10.0.0.1:80', tokens: { read: " + LONG + " }",
                "1:19: " + OPEN),
            new Bad(
                "no port", "address: '127.0.0.1'", "1:19: " + NO_ADDRESS.formatted("127.0.0.1")),
            new Bad(
                "a port there is not",
                "address: '127.0.0.1:99999'",
                "1:19: " + NO_ADDRESS.formatted("127.0.0.1:99999")),
            new Bad("a name", "address: 'erp:80'", "1:19: " + NO_ADDRESS.formatted("erp:80")),
            new Bad(
                "a relative path",
                "address: 'unix:admin.sock'",
                "1:19: admin.address must have an absolute path behind unix:, got: unix:admin.sock."
                    + " Write for example unix:/run/rowhook/admin.sock."),
            new Bad(
                "a short token",
                "address: '127.0.0.1:80', tokens: { read: geheim }",
                "1:51: admin.tokens.read must have at least 16 characters, all of them ASCII and no"
                    + " blanks. Make one with openssl rand -hex 32."),
            new Bad(
                "one token for both",
                "address: '127.0.0.1:80', tokens: { read: %s, operate: %s }".formatted(LONG, LONG),
                "1:78: admin.tokens.operate is the same as admin.tokens.read, so that whoever may"
                    + " look could change things. Make another one."),
            new Bad(
                "no address",
                "tokens: { read: " + LONG + " }",
                "1:8: address is missing in admin. Add it."),
            new Bad(
                "a certificate that is not there",
                "address: '127.0.0.1:80', tls: { certificate: a.pem, key: a.key }",
                "1:55: admin.tls.certificate must be the path of a file that is there, got: a.pem."
                    + " Create it, or correct the path; a relative one counts from the settings'"
                    + " directory."))
        .map(bad ->
            SettingsDirectory.bad(
                temp,
                bad.name,
                directory ->
                    directory.write("config/rowhook.yaml", "admin: { " + bad.yaml + " }\n"),
                "config/rowhook.yaml:" + bad.problem));
  }

  @Test
  void whereItMayListenWithoutATokenAndWithoutTls() throws SettingsException {
    for (String address :
        List.of("127.0.0.1:8181", "localhost:8181", "127.9.9.9:1", "[::1]:8181")) {
      AdminSettings read = read(address);
      assertThat(read.isLoopback()).as(address).isTrue();
      assertThat(read.address()).isInstanceOf(InetSocketAddress.class);
    }
    AdminSettings unix = read("unix:/run/rowhook/admin.sock");
    assertThat(unix.isUnix()).isTrue();
    assertThat(unix.address()).isEqualTo(UnixDomainSocketAddress.of("/run/rowhook/admin.sock"));
    assertThat(new SettingsDirectory(temp.resolve("none")).read().admin()).isEmpty();
  }

  private AdminSettings read(String address) throws SettingsException {
    return new SettingsDirectory(temp.resolve("good"))
        .write("config/rowhook.yaml", "admin: { address: '" + address + "' }\n")
        .read()
        .admin()
        .orElseThrow();
  }
}
