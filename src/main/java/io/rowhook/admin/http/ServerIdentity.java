package io.rowhook.admin.http;

import io.rowhook.recipient.TlsConfig.Identity;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Who the server is, in TLS: the certificate of the settings in force, looked up for each
 * connection, so that a renewed one is shown without a new start. Any thread.
 */
final class ServerIdentity extends X509ExtendedKeyManager {

  private static final String ALIAS = "rowhook";

  private final Supplier<Identity> identity;

  private ServerIdentity(Supplier<Identity> identity) {
    this.identity = identity;
  }

  /** TLS 1.2 and 1.3, as this Java does it. */
  static SSLContext context(Supplier<Identity> identity) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {new ServerIdentity(identity)}, null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    }
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    return fits(keyType) ? ALIAS : null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, Socket socket) {
    return fits(keyType) ? ALIAS : null;
  }

  private boolean fits(String keyType) {
    String own = identity.get().chain().getFirst().getPublicKey().getAlgorithm();
    return keyType.equals(own) || (own.equals("EC") && keyType.startsWith("EC"));
  }

  @Override
  public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return identity.get().chain().toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return identity.get().key();
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
    return null;
  }
}
