package io.rowhook.testing;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * An authority of the tests' own and what it has signed, and strangers to it; made once, by the
 * JDK's keytool.
 */
public final class Certificates {

  private static final char[] PASSWORD = "changeit".toCharArray();

  private static @Nullable Certificates made; // guarded by the class

  /** A certificate with its chain and key. */
  public record Issued(List<X509Certificate> chain, PrivateKey key) {

    public X509Certificate certificate() {
      return chain.getFirst();
    }

    /** The certificate alone. */
    public String certificatePem() {
      return pem("CERTIFICATE", encoded(certificate()));
    }

    /** As PKCS#8. */
    public String keyPem() {
      return pem("PRIVATE KEY", key.getEncoded());
    }

    /** What is inside of PKCS#8: PKCS#1 of an RSA key, SEC 1 of an EC key. */
    public String oldKeyPem() {
      byte[] der = key.getEncoded();
      int at = element(der, 0)[0]; // inside of the sequence
      at = element(der, at)[1]; // behind the version
      at = element(der, at)[1]; // behind the algorithm
      int[] octets = element(der, at);
      return pem(
          key.getAlgorithm() + " PRIVATE KEY", Arrays.copyOfRange(der, octets[0], octets[1]));
    }

    /** What a server speaks TLS with: this certificate; it believes a client whom the CA signed. */
    public SSLContext serving(X509Certificate ca) throws Exception {
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, null);
      own.setKeyEntry("own", key, PASSWORD, chain.toArray(X509Certificate[]::new));
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(own, PASSWORD);
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("ca", ca);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    }
  }

  /** The authority. */
  public final Issued ca;

  /** For localhost, by the authority; EC. */
  public final Issued server;

  /** For localhost, by the authority; expired yesterday. */
  public final Issued expired;

  /** For localhost, by itself; expired yesterday. */
  public final Issued expiredSelf;

  /** A client's, by the authority; RSA. */
  public final Issued client;

  /** By nobody that anyone knows; Ed25519. */
  public final Issued stranger;

  private Certificates(Path directory) throws Exception {
    Path store = directory.resolve("certificates.p12");
    keytool(store, "ca", "EC", "-ext", "bc:c");
    String host = "san=dns:localhost";
    keytool(store, "server", "EC", "-ext", host, "-signer", "ca");
    List<String> past = List.of("-startdate", "-3d", "-validity", "2");
    keytool(
        store,
        "expired",
        "EC",
        Stream.concat(Stream.of("-ext", host, "-signer", "ca"), past.stream())
            .toArray(String[]::new));
    keytool(
        store,
        "expired-self",
        "EC",
        Stream.concat(Stream.of("-ext", host), past.stream()).toArray(String[]::new));
    keytool(store, "client", "RSA", "-signer", "ca");
    keytool(store, "stranger", "Ed25519", "-ext", host);
    KeyStore all = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      all.load(in, PASSWORD);
    }
    ca = issued(all, "ca");
    server = issued(all, "server");
    expired = issued(all, "expired");
    expiredSelf = issued(all, "expired-self");
    client = issued(all, "client");
    stranger = issued(all, "stranger");
  }

  /** The same for all tests of a run. */
  public static synchronized Certificates get() {
    try {
      Certificates all = made;
      if (all == null) {
        Path directory = Files.createTempDirectory("certificates");
        all = new Certificates(directory);
        Files.delete(directory.resolve("certificates.p12"));
        Files.delete(directory);
        made = all;
      }
      return all;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void keytool(Path store, String alias, String algorithm, String... more)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                algorithm,
                "-dname",
                "CN=" + alias,
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD)));
    command.addAll(List.of(more));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(said);
    }
  }

  private static Issued issued(KeyStore store, String alias) throws Exception {
    List<X509Certificate> chain = new ArrayList<>();
    for (Certificate certificate : store.getCertificateChain(alias)) {
      chain.add((X509Certificate) certificate);
    }
    return new Issued(chain, (PrivateKey) store.getKey(alias, PASSWORD));
  }

  private static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (java.security.cert.CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String label, byte[] der) {
    return Base64.getMimeEncoder(64, new byte[] {'\n'})
        .encodeToString(der)
        .lines()
        .collect(
            Collectors.joining(
                "\n", "-----BEGIN " + label + "-----\n", "\n-----END " + label + "-----\n"));
  }

  /** Where the content of a DER element begins and ends. */
  private static int[] element(byte[] der, int at) {
    int first = der[at + 1] & 0xFF;
    int head = first < 0x80 ? 0 : first & 0x7F;
    int length = first;
    if (head > 0) {
      length = 0;
      for (int i = 0; i < head; i++) {
        length = length << 8 | (der[at + 2 + i] & 0xFF);
      }
    }
    int begin = at + 2 + head;
    return new int[] {begin, begin + length};
  }
}
