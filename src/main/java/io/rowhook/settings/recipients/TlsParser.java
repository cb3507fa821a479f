package io.rowhook.settings.recipients;

import io.rowhook.recipient.TlsConfig;
import io.rowhook.recipient.TlsConfig.Identity;
import io.rowhook.settings.yaml.InvalidValueException;
import io.rowhook.settings.yaml.Location;
import io.rowhook.settings.yaml.ObjectSetting;
import io.rowhook.settings.yaml.ParseSession;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Value;
import io.rowhook.settings.yaml.Value.Mapping;
import io.rowhook.settings.yaml.ValueParser;
import io.rowhook.settings.yaml.YamlNode.Fields;
import io.rowhook.webhook.TlsContexts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads {@code tls} in a recipient's file, and the files that it names: an authority of one's own,
 * and a client certificate with its key. A relative path counts from {@code connector-config/},
 * where the directory {@code tls} is theirs.
 */
public final class TlsParser {

  /** Where files for {@code tls} may stand in the settings' directory. */
  public static final String DIRECTORY = "tls";

  private static final Logger LOG = LoggerFactory.getLogger(TlsParser.class);

  private static final Setting<String> CA =
      Setting.of(
              "ca",
              Value.text(ValueParser.text()),
              "PEM file of the authorities trusted for it, in place of those that Java knows")
          .within("1 MB")
          .without("Java's");

  private static final Setting<String> CERTIFICATE =
      Setting.of(
              "certificate",
              Value.text(ValueParser.text()),
              "PEM file of a client certificate, with those that lead to its authority")
          .within("with `key`")
          .without("none");

  private static final Setting<String> KEY =
      Setting.of("key", Value.text(ValueParser.text()), "PEM file of its key")
          .within("not encrypted; with `certificate`")
          .without("none");

  static final Setting<Fields> SETTING =
      Setting.of(
          "tls",
          new Mapping(ObjectSetting.of(CA, CERTIFICATE, KEY)),
          "certificates other than those that Java knows. A relative path counts from the settings'"
              + " directory, where `tls/` is for them. An edited file takes effect at once");

  private static final Setting<String> SERVER_CERTIFICATE =
      Setting.required(
          "certificate",
          Value.text(ValueParser.text()),
          "PEM file of its certificate, with those that lead to its authority");

  private static final Setting<String> SERVER_KEY =
      Setting.required("key", Value.text(ValueParser.text()), "PEM file of the certificate's key")
          .within("not encrypted");

  /** Who a server of Rowhook's own is. */
  public static final ObjectSetting<?> SERVER = ObjectSetting.of(SERVER_CERTIFICATE, SERVER_KEY);

  /** All authorities that a browser knows are a quarter of this. In bytes. */
  private static final int MAX_FILE = 1 << 20;

  private final ParseSession session;
  private final Path base;

  private TlsParser(ParseSession session, Path base) {
    this.session = session;
    this.base = base;
  }

  /** What is wrong is reported; what is left out is as the JDK does it. */
  static TlsConfig read(Fields recipient, ParseSession session) {
    Path recipients = recipient.location().file().toAbsolutePath().getParent();
    Path base = recipients == null ? null : recipients.getParent();
    return recipient
        .read(SETTING)
        .map(fields -> new TlsParser(session, base == null ? Path.of("") : base).tls(fields))
        .orElse(TlsConfig.DEFAULT);
  }

  /**
   * Who a server is; what is wrong is reported.
   *
   * @param base where a relative path counts from
   */
  public static Optional<Identity> server(Fields fields, ParseSession session, Path base) {
    TlsParser parser = new TlsParser(session, base);
    Optional<List<X509Certificate>> chain =
        fields.read(
            SERVER_CERTIFICATE.name(),
            value ->
                valid(
                    fields.location(),
                    SERVER_CERTIFICATE,
                    inOrder(Pem.certificates(parser.text(value)))));
    if (chain.isEmpty()) {
      fields.read(SERVER_KEY); // what it belongs to is not known, but it must be one value
      return Optional.empty();
    }
    PublicKey own = chain.get().getFirst().getPublicKey();
    return fields
        .read(SERVER_KEY.name(), value -> Pem.key(parser.text(value), own))
        .map(key -> new Identity(chain.get(), key));
  }

  private TlsConfig tls(Fields fields) {
    if (fields.keys().isEmpty()) {
      problem(
          fields.location(),
          "tls has neither ca nor certificate and key. Add what the recipient asks for, or take"
              + " tls out.");
    }
    together(fields, CERTIFICATE, KEY);
    together(fields, KEY, CERTIFICATE);
    List<X509Certificate> authorities =
        fields
            .read(CA.name(), value -> valid(fields.location(), CA, Pem.certificates(text(value))))
            .orElse(List.of());
    Optional<List<X509Certificate>> chain =
        fields.read(
            CERTIFICATE.name(),
            value -> valid(fields.location(), CERTIFICATE, inOrder(Pem.certificates(text(value)))));
    if (chain.isEmpty()) {
      fields.read(KEY); // what it belongs to is not known, but it must be one value
      return usable(new TlsConfig(authorities, Optional.empty()), fields);
    }
    Optional<PrivateKey> key =
        fields.read(
            KEY.name(), value -> Pem.key(text(value), chain.get().getFirst().getPublicKey()));
    if (key.isEmpty()) {
      return TlsConfig.DEFAULT; // that was reported
    }
    return usable(new TlsConfig(authorities, key.map(k -> new Identity(chain.get(), k))), fields);
  }

  /** Each must be signed by the one behind it, or no connection can show them. */
  private static List<X509Certificate> inOrder(List<X509Certificate> chain)
      throws InvalidValueException {
    for (int i = 1; i < chain.size(); i++) {
      if (!chain.get(i - 1).getIssuerX500Principal().equals(chain.get(i).getSubjectX500Principal())
          || chain.indexOf(chain.get(i)) < i) {
        throw InvalidValueException.because(
            "must be a PEM file with the certificate first, and behind each the one of the"
                + " authority that has signed it; certificate "
                + (i + 1)
                + " in it is another",
            "Put them in that order, and take out what does not belong to them.");
      }
    }
    return chain;
  }

  /** Tries what connections will begin with, so that what cannot be used is refused here. */
  private TlsConfig usable(TlsConfig tls, Fields fields) {
    try {
      TlsContexts.of(tls);
      return tls;
    } catch (IllegalStateException e) {
      problem(
          fields.location(),
          "tls names certificates or a key that this Java cannot use. Ask the recipient for a"
              + " certificate with an RSA or EC key.");
      return TlsConfig.DEFAULT;
    }
  }

  private static void together(Fields fields, Setting<?> one, Setting<?> other) {
    if (fields.get(one).isPresent() && fields.get(other).isEmpty()) {
      fields.problem(
          one,
          "tls."
              + one.name()
              + " needs tls."
              + other.name()
              + " beside it. Add it, or take "
              + one.name()
              + " out.");
    }
  }

  private void problem(Location location, String sentence) {
    session.problems().add(location, sentence);
  }

  /**
   * Warns only: a certificate expires without anybody's edit, and then concerns this recipient
   * alone. Its deliveries fail with these words, and all others go on, also after a restart.
   */
  private static List<X509Certificate> valid(
      Location location, Setting<?> setting, List<X509Certificate> certificates) {
    Instant now = Instant.now();
    for (X509Certificate certificate : certificates) {
      Instant from = certificate.getNotBefore().toInstant();
      Instant until = certificate.getNotAfter().toInstant();
      if (now.isAfter(until)) {
        LOG.warn(
            "{}: tls.{} holds a certificate that has expired on {}. Put the new one in its place",
            location.file(),
            setting.name(),
            until);
      } else if (now.isBefore(from)) {
        LOG.warn(
            "{}: tls.{} holds a certificate that is valid only from {}",
            location.file(),
            setting.name(),
            from);
      }
    }
    return certificates;
  }

  private String text(String value) throws InvalidValueException {
    try {
      Path file = base.resolve(value);
      session.files().add(file);
      if (value.isBlank() || !Files.isRegularFile(file)) {
        throw InvalidValueException.because(
            "must be the path of a file that is there",
            "Create it, or correct the path; a relative one counts from the settings' directory.");
      }
      if (Files.size(file) > MAX_FILE) {
        throw InvalidValueException.because(
            "must be a file of at most " + (MAX_FILE >> 20) + " MB", "Name a smaller one.");
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1); // PEM is ASCII
    } catch (InvalidPathException e) {
      throw InvalidValueException.because("must be the path of a file", "Correct it.");
    } catch (IOException e) {
      throw InvalidValueException.because(
          "must be a file that can be read", "Let the user that runs Rowhook read it.");
    }
  }
}
