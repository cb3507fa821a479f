package io.rowhook.recipient;

import io.rowhook.recipient.Authentication.Basic;
import java.util.Optional;

/**
 * An HTTP proxy that requests go through: by {@code CONNECT} where they are encrypted (RFC 9110,
 * section 9.3.6), in absolute form otherwise.
 *
 * @param host name or address; of an IPv6 one without brackets
 * @param port from 1 to 65535
 * @param credentials what it asks for; empty: nothing
 */
public record HttpProxy(String host, int port, Optional<Basic> credentials) {

  /** Host and port, for a message. */
  public String at() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
