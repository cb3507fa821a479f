package io.rowhook.settings.recipients;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.recipient.TlsConfig;
import io.rowhook.recipient.TlsConfig.Identity;
import io.rowhook.settings.SettingsDirectory;
import io.rowhook.settings.SettingsException;
import io.rowhook.settings.SettingsReloader;
import io.rowhook.testing.Certificates;
import io.rowhook.testing.Certificates.Issued;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** {@code tls} in a recipient's file, and the files that it names. */
@Tag("feature-46")
class TlsParserTest {

  private static final Certificates ALL = Certificates.get();
  private static final String SHOP = "config/recipients/shop.yaml";
  private static final String URL = "url: https://shop.example.com/hook\n";

  @TempDir Path temp;

  @Test
  void readsAnAuthorityAndAClientCertificate() throws SettingsException {
    SettingsDirectory directory = directory(temp);
    directory
        .env("KEY", temp.resolve("secrets/client.key").toString())
        .write("secrets/client.key", ALL.client.keyPem())
        .shop(URL + "tls: { ca: tls/ca.pem, certificate: tls/client.pem, key: \"${env:KEY}\" }\n");
    assertThat(tls(directory))
        .isEqualTo(
            new TlsConfig(
                ALL.ca.chain(),
                Optional.of(
                    new Identity(
                        List.of(ALL.client.certificate(), ALL.ca.certificate()),
                        ALL.client.key()))));
    assertThat(tls(directory.shop(URL))).isEqualTo(TlsConfig.DEFAULT);
  }

  @Test
  void plainHttpOnlyWhereItIsAllowed() throws SettingsException {
    SettingsDirectory directory = directory(temp).shop("url: http://shop.example.com/hook\n");
    assertThat(directory.problems())
        .containsExactly(
            SHOP
                + ":1:6: url must begin with https://, since http:// sends everything unencrypted,"
                + " got: http://shop.example.com/.... Use https://, or add allow: {http: true}.");
    directory.shop("url: http://shop.example.com/hook\nallow: { http: true }\n");
    assertThat(directory.read().recipients().getFirst().allow().http()).isTrue();
  }

  @Test
  void readsKeysOfEveryForm() throws SettingsException {
    for (Issued issued : List.of(ALL.client, ALL.server, ALL.stranger)) {
      List<String> forms = new ArrayList<>(List.of(issued.keyPem()));
      if (!issued.equals(ALL.stranger)) { // Ed25519 is newer than the old forms
        forms.add(issued.oldKeyPem());
        forms.add(
            "-----BEGIN EC PARAMETERS-----\nBgg=\n-----END EC PARAMETERS-----\n"
                + issued.oldKeyPem().replace("\n", "\r\n"));
      }
      for (String form : forms) {
        SettingsDirectory directory =
            directory(temp)
                .write("config/tls/own.pem", "Subject: someone\n" + issued.certificatePem())
                .write("config/tls/own.key", form)
                .shop(URL + "tls: { certificate: tls/own.pem, key: tls/own.key }\n");
        assertThat(tls(directory).identity().orElseThrow().key())
            .as(form.lines().findFirst().orElseThrow())
            .isEqualTo(issued.key());
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> whatIsWrongIsSaidInWords() {
    String atCa = SHOP + ":2:12: tls.ca ";
    String both = "tls: { certificate: tls/client.pem, key: tls/client.key }";
    String atCertificate = SHOP + ":2:21: tls.certificate ";
    String atKey = SHOP + ":2:42: tls.key ";
    return Stream.of(
        bad(
            "no file",
            "tls: { ca: tls/none.pem }",
            "",
            atCa
                + "must be the path of a file that is there, got: tls/none.pem. Create it, or"
                + " correct the path; a relative one counts from the settings' directory."),
        bad(
            "a directory",
            "tls: { ca: tls }",
            "",
            atCa
                + "must be the path of a file that is there, got: tls. Create it, or correct the"
                + " path; a relative one counts from the settings' directory."),
        bad(
            "no PEM",
            "tls: { ca: tls/x.pem }",
            "0\u0082canary7",
            atCa
                + "must be a PEM file with a certificate in it, got: tls/x.pem. It has a line"
                + " -----BEGIN CERTIFICATE-----; convert another form with openssl x509 -inform"
                + " DER."),
        bad(
            "damaged",
            "tls: { ca: tls/x.pem }",
            ALL.ca.certificatePem().replaceFirst("\n....", "\nAAAA"),
            atCa
                + "must be a PEM file that is whole; a certificate in it cannot be read, got:"
                + " tls/x.pem. Copy it anew."),
        bad(
            "a chain in the wrong order",
            both.replace("client.pem", "x.pem"),
            ALL.client.certificatePem() + ALL.stranger.certificatePem() + ALL.ca.certificatePem(),
            SHOP
                + ":2:21: tls.certificate must be a PEM file with the certificate first, and behind"
                + " each the one of the authority that has signed it; certificate 2 in it is"
                + " another, got: tls/x.pem. Put them in that order, and take out what does not"
                + " belong to them."),
        bad(
            "the key of another",
            both.replace("client.key", "x.pem "),
            ALL.server.keyPem(),
            atKey
                + "must be the private key of tls.certificate, and it is another or damaged, got:"
                + " tls/x.pem. Compare openssl pkey -pubout -in key.pem with openssl x509 -pubkey"
                + " -noout -in certificate.pem."),
        bad(
            "the key of another of its kind",
            "tls: { certificate: tls/x.pem, key: tls/x.pem }",
            ALL.server.certificatePem() + ALL.ca.keyPem(),
            SHOP
                + ":2:37: tls.key must be the private key of tls.certificate, and it is another or"
                + " damaged, got: tls/x.pem. Compare openssl pkey -pubout -in key.pem with openssl"
                + " x509 -pubkey -noout -in certificate.pem."),
        bad(
            "no key in it",
            both.replace("client.key", "x.pem "),
            ALL.client.certificatePem(),
            atKey
                + "must be a PEM file with a private key in it, got: tls/x.pem. It has a line"
                + " -----BEGIN PRIVATE KEY-----."),
        bad(
            "encrypted",
            both.replace("client.key", "x.pem "),
            ALL.client.keyPem().replace("PRIVATE", "ENCRYPTED PRIVATE"),
            encrypted(atKey)),
        bad(
            "encrypted as OpenSSL once did",
            both.replace("client.key", "x.pem "),
            ALL.client
                .oldKeyPem()
                .replaceFirst(
                    "KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"),
            encrypted(atKey)),
        bad(
            "no key",
            "tls: { certificate: tls/client.pem }",
            "",
            atCertificate + "needs tls.key beside it. Add it, or take certificate out."),
        bad(
            "no certificate",
            "tls: {         key: tls/client.key }",
            "",
            SHOP + ":2:21: tls.key needs tls.certificate beside it. Add it, or take key out."),
        bad(
            "nothing",
            "tls: {}",
            "",
            SHOP
                + ":2:6: tls has neither ca nor certificate and key. Add what the recipient asks"
                + " for, or take tls out."),
        bad(
            "unknown",
            "tls: { cert: tls/client.pem }",
            "",
            SHOP
                + ":2:8: tls.cert is not a key that Rowhook knows. Known here: ca, certificate,"
                + " key."));
  }

  /** It expires without an edit, and concerns this recipient alone: all others have to go on. */
  @Test
  void anExpiredCertificateIsNoReasonToStop() throws Exception {
    SettingsDirectory directory =
        directory(temp)
            .write("secrets/ca.pem", ALL.ca.certificatePem() + ALL.expired.certificatePem())
            .shop(URL + "tls: { ca: " + temp.resolve("secrets/ca.pem") + " }\n");
    assertThat(directory.read().recipients().getFirst().tls().authorities()).hasSize(2);
  }

  @Test
  void anEditedCertificateIsAChangeOfTheRecipient() throws Exception {
    SettingsDirectory directory =
        directory(temp)
            .write("secrets/ca.pem", ALL.ca.certificatePem())
            .shop(URL + "tls: { ca: " + temp.resolve("secrets/ca.pem") + " }\n");
    List<String> taken = new ArrayList<>();
    try (SettingsReloader watch =
        new SettingsReloader(
            directory.read(),
            directory.config(),
            directory.templates(),
            new HashMap<>(),
            (_, changes) -> taken.addAll(changes.lines()))) {
      looks(watch);
      assertThat(taken).isEmpty();
      directory.write("secrets/ca.pem", ALL.stranger.certificatePem());
      looks(watch);
      assertThat(taken).containsExactly("recipient shop: tls changed");
      directory.write("secrets/ca.pem", "half a file");
      looks(watch);
      assertThat(watch.problems()).singleElement().asString().contains("tls.ca must be a PEM file");
      assertThat(watch.current().recipients().getFirst().tls().authorities())
          .isEqualTo(ALL.stranger.chain());
      directory.write("secrets/ca.pem", ALL.ca.certificatePem());
      looks(watch);
      assertThat(watch.problems()).isEmpty();
      assertThat(taken).hasSize(2);
    }
  }

  private static void looks(SettingsReloader watch) throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      watch.look();
    }
  }

  private static String encrypted(String at) {
    return at
        + "must not be encrypted, since nobody is there to type its pass phrase, got: tls/x.pem."
        + " Take it off with openssl pkey -in key.pem -out plain.pem, and let only the user that"
        + " runs Rowhook read that.";
  }

  private DynamicTest bad(String name, String tls, String file, String problem) {
    return SettingsDirectory.bad(
        temp,
        name,
        directory ->
            directory(directory.root).write("config/tls/x.pem", file).shop(URL + tls + "\n"),
        problem);
  }

  private static SettingsDirectory directory(Path root) {
    return new SettingsDirectory(root)
        .write("config/tls/ca.pem", ALL.ca.certificatePem())
        .write("config/tls/client.pem", ALL.client.certificatePem() + ALL.ca.certificatePem())
        .write("config/tls/client.key", ALL.client.keyPem());
  }

  private static TlsConfig tls(SettingsDirectory directory) throws SettingsException {
    return directory.read().recipients().getFirst().tls();
  }
}
