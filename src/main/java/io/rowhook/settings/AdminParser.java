package io.rowhook.settings;

import io.rowhook.recipient.Secret;
import io.rowhook.recipient.TlsConfig.Identity;
import io.rowhook.settings.recipients.TlsParser;
import io.rowhook.settings.yaml.InvalidValueException;
import io.rowhook.settings.yaml.ObjectSetting;
import io.rowhook.settings.yaml.ParseSession;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Value;
import io.rowhook.settings.yaml.Value.Mapping;
import io.rowhook.settings.yaml.YamlNode.Fields;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code admin} in {@code rowhook.yaml}: where the API listens, and for whom. */
final class AdminParser {

  private static final int SHORTEST_TOKEN = 16;
  private static final int LARGEST_PORT = 65_535;
  private static final String UNIX = "unix:";

  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(localhost|[0-9.]+|\\[[0-9A-Fa-f:.]+])(?::([0-9]{1,5}))");

  private static final Pattern TOKEN = Pattern.compile("[!-~]{" + SHORTEST_TOKEN + ",1000}");

  private static final Setting<SocketAddress> ADDRESS =
      Setting.required(
              "address",
              Value.text(AdminParser::address),
              "where the [API](api.md) listens: `127.0.0.1:8181`, `unix:/run/rowhook/admin.sock`,"
                  + " or, with `tls` and a token, `0.0.0.0:8443`. A change takes effect at the next"
                  + " start")
          .within("an IP address or `localhost`, and a port; or `unix:` and a path");

  private static final Setting<Fields> TLS =
      Setting.of(
          "tls",
          new Mapping(TlsParser.SERVER),
          "who the server is, for an address that other machines reach. A renewed certificate is"
              + " shown at once");

  private static final Setting<Secret> READ =
      Setting.of(
              "read",
              Value.text(AdminParser::token).secret(),
              "the token that lets one look. Better a reference: `${env:NAME}`")
          .within(SHORTEST_TOKEN + " characters at least, without blanks")
          .without("none");

  private static final Setting<Secret> OPERATE =
      Setting.of(
              "operate",
              Value.text(AdminParser::token).secret(),
              "the token that lets one look, and change things")
          .within(SHORTEST_TOKEN + " characters at least; another than `read`")
          .without("none");

  private static final Setting<Fields> TOKENS =
      Setting.of(
          "tokens",
          new Mapping(ObjectSetting.of(READ, OPERATE)),
          "what whoever asks must send, as `Authorization: Bearer`");

  static final Setting<Fields> SETTING =
      Setting.of(
          "admin",
          new Mapping(ObjectSetting.of(ADDRESS, TLS, TOKENS)),
          "where the service can be asked, beside what the commands use");

  private AdminParser() {}

  /** What is wrong is reported; empty: there is no such listener. */
  static Optional<AdminSettings> read(Fields file, ParseSession session) {
    Optional<Fields> admin = file.read(SETTING);
    if (admin.isEmpty()) {
      return Optional.empty();
    }
    Fields fields = admin.get();
    Path directory = fields.location().file().toAbsolutePath().getParent();
    Path base = directory == null ? Path.of("") : directory;
    Optional<Identity> tls =
        fields.read(TLS).flatMap(inner -> TlsParser.server(inner, session, base));
    Optional<Fields> tokens = fields.read(TOKENS);
    Optional<Secret> read = tokens.flatMap(inner -> inner.read(READ));
    Optional<Secret> operate = tokens.flatMap(inner -> inner.read(OPERATE));
    if (read.isPresent() && read.equals(operate)) {
      tokens
          .get()
          .problem(
              OPERATE,
              "admin.tokens.operate is the same as admin.tokens.read, so that whoever may look could"
                  + " change things. Make another one.");
    }
    Optional<AdminSettings> settings =
        fields.read(ADDRESS).map(address -> new AdminSettings(address, tls, read, operate));
    settings.ifPresent(one -> guarded(one, fields));
    return settings;
  }

  /** Whatever other machines can reach has to be guarded. */
  private static void guarded(AdminSettings settings, Fields fields) {
    if (settings.isUnix() || settings.isLoopback()) {
      return;
    }
    boolean encrypted = fields.get(TLS).isPresent(); // what is wrong with it was reported
    boolean asked = fields.get(TOKENS).isPresent();
    if (settings.read().isEmpty() && settings.operate().isEmpty() && asked && encrypted) {
      fields.problem(
          TOKENS,
          "admin.tokens has neither read nor operate, and other machines reach admin.address. Add"
              + " one; openssl rand -hex 32 makes one.");
    } else if (!encrypted || !asked) {
      fields.problem(
          ADDRESS,
          "admin.address is reached by other machines, and so needs admin.tls, with a certificate"
              + " and its key, and admin.tokens, with read or operate. Add what is missing, or write"
              + " 127.0.0.1 or unix:/path for whoever is on this machine.");
    }
  }

  private static SocketAddress address(String value) throws InvalidValueException {
    if (value.startsWith(UNIX)) {
      return unix(value.substring(UNIX.length()));
    }
    Matcher matcher = HOST_AND_PORT.matcher(value);
    if (matcher.matches()) {
      int port = Integer.parseInt(matcher.group(2));
      try {
        String host = matcher.group(1).equals("localhost") ? "127.0.0.1" : matcher.group(1);
        if (port <= LARGEST_PORT) {
          return new InetSocketAddress(
              InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", "")), port);
        }
      } catch (IllegalArgumentException e) {
        throw noAddress();
      }
    }
    throw noAddress();
  }

  private static InvalidValueException noAddress() {
    return InvalidValueException.because(
        "must be an IP address and a port, localhost and a port, or unix: and the path of a socket",
        "Write for example 127.0.0.1:8181.");
  }

  private static SocketAddress unix(String path) throws InvalidValueException {
    try {
      if (path.startsWith("/")) {
        return UnixDomainSocketAddress.of(path);
      }
    } catch (InvalidPathException e) {
      // told below
    }
    throw InvalidValueException.because(
        "must have an absolute path behind unix:",
        "Write for example unix:/run/rowhook/admin.sock.");
  }

  private static Secret token(String value) throws InvalidValueException {
    if (!TOKEN.matcher(value).matches()) {
      throw InvalidValueException.hidden(
          "must have at least " + SHORTEST_TOKEN + " characters, all of them ASCII and no blanks",
          "Make one with openssl rand -hex 32.");
    }
    return new Secret(value);
  }
}
