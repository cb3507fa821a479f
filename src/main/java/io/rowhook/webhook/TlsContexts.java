package io.rowhook.webhook;

import io.rowhook.recipient.TlsConfig;
import io.rowhook.recipient.TlsConfig.Identity;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Turns a recipient's {@link TlsConfig} into what {@link WebhookClient} connects with: its own
 * authorities in place of the JDK's, never beside them, and its client certificate. Host names are
 * verified by the sender, whatever is said here.
 */
public final class TlsContexts {

  /** What a factory takes for the authorities that the JDK knows. */
  private static final @Nullable KeyStore THE_JDKS = null;

  private TlsContexts() {}

  /** What connections to a recipient begin with. */
  public static SSLContext of(TlsConfig tls) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          tls.identity().isPresent() ? shown(tls.identity().get()) : null,
          trusted(tls.authorities()),
          null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(
          "the certificates were read and checked before, and still cannot be used", e);
    }
  }

  private static KeyManager[] shown(Identity identity)
      throws GeneralSecurityException, IOException {
    KeyStore store = empty();
    char[] password = new char[0]; // it never leaves the memory
    store.setKeyEntry(
        "client", identity.key(), password, identity.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, password);
    return factory.getKeyManagers();
  }

  private static TrustManager[] trusted(List<X509Certificate> authorities)
      throws GeneralSecurityException, IOException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(authorities.isEmpty() ? THE_JDKS : store(authorities));
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager trust) {
        return new TrustManager[] {new Unexpired(trust)};
      }
    }
    throw new IllegalStateException("every JDK since 7 has an extended trust manager");
  }

  private static KeyStore store(List<X509Certificate> authorities)
      throws GeneralSecurityException, IOException {
    KeyStore store = empty();
    for (int i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("authority-" + i, authorities.get(i));
    }
    return store;
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /**
   * Looks at the dates of a server's certificate first. The JDK does not look at those of one that
   * is itself trusted, as a self-signed one is; and of another that has expired it says only that
   * it found no path to an authority.
   */
  private static final class Unexpired extends X509ExtendedTrustManager {

    private final X509ExtendedTrustManager trust;

    Unexpired(X509ExtendedTrustManager trust) {
      this.trust = trust;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket)
        throws CertificateException {
      chain[0].checkValidity();
      trust.checkServerTrusted(chain, kind, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
        throws CertificateException {
      chain[0].checkValidity();
      trust.checkServerTrusted(chain, kind, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind)
        throws CertificateException {
      chain[0].checkValidity();
      trust.checkServerTrusted(chain, kind);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket)
        throws CertificateException {
      throw serving();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
        throws CertificateException {
      throw serving();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind)
        throws CertificateException {
      throw serving();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return trust.getAcceptedIssuers();
    }

    private static CertificateException serving() {
      return new CertificateException("Rowhook serves nobody with these authorities");
    }
  }
}
