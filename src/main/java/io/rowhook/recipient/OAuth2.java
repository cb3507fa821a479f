package io.rowhook.recipient;

import java.net.URI;
import java.util.Optional;

/**
 * Where a recipient's access tokens come from: OAuth 2.0 client credentials (RFC 6749, section
 * 4.4). Each is sent as {@code Authorization: Bearer} (RFC 6750).
 *
 * @param tokenUrl asked by POST; held against the same addresses and certificates as the recipient
 * @param clientId who Rowhook is there
 * @param clientSecret the proof
 * @param in where both stand in the token request
 * @param scope what the token is for; empty: what the server thinks
 * @param audience whom the token is for, which some servers ask for
 */
public record OAuth2(
    URI tokenUrl,
    String clientId,
    Secret clientSecret,
    In in,
    Optional<String> scope,
    Optional<String> audience) {

  /** How a client proves who it is: RFC 6749, section 2.3.1. */
  public enum In {
    header,
    body
  }

  @Override
  public String toString() {
    return "OAuth2[***]"; // the URL may hold a secret
  }
}
