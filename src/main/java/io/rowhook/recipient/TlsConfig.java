package io.rowhook.recipient;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * Whom a recipient's connections trust and who they say they are, where that is not as the JDK does
 * by default. Holds what the files held when the settings were read, so that an edited file is a
 * change of the recipient like any other.
 *
 * @param authorities trusted in place of those that the JDK knows; empty: those
 * @param identity shown to a recipient that asks for it
 */
public record TlsConfig(List<X509Certificate> authorities, Optional<Identity> identity) {

  /** As the JDK does. */
  public static final TlsConfig DEFAULT = new TlsConfig(List.of(), Optional.empty());

  public TlsConfig {
    authorities = List.copyOf(authorities);
  }

  /**
   * A client certificate.
   *
   * @param chain the certificate itself, then those that lead to its authority
   * @param key the certificate's own
   */
  public record Identity(List<X509Certificate> chain, PrivateKey key) {

    public Identity {
      chain = List.copyOf(chain);
    }

    @Override
    public String toString() {
      return "Identity[***]"; // some keys show themselves
    }
  }

  @Override
  public String toString() {
    return "Tls[" + authorities.size() + " authorities, " + identity + "]";
  }
}
