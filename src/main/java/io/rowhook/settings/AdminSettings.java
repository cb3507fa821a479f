package io.rowhook.settings;

import io.rowhook.recipient.Secret;
import io.rowhook.recipient.TlsConfig.Identity;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Optional;

/**
 * Where, beside the loopback for the commands, the service can be asked, and by whom. Immutable.
 *
 * @param address of a host or a Unix socket
 * @param tls who the server is; empty: it does not encrypt
 * @param read the token that lets one look
 * @param operate the token that lets one change things, too
 */
public record AdminSettings(
    SocketAddress address,
    Optional<Identity> tls,
    Optional<Secret> read,
    Optional<Secret> operate) {

  /** Whether it is a Unix socket, which the rights on its file guard. */
  public boolean isUnix() {
    return address instanceof UnixDomainSocketAddress;
  }

  /** Whether only this machine can reach it, by its network. */
  public boolean isLoopback() {
    return address instanceof InetSocketAddress inet && inet.getAddress().isLoopbackAddress();
  }

  /**
   * As one asks for it: {@code https://10.0.0.1:8443}, {@code unix:/run/rowhook/admin.sock}.
   *
   * @param port that the system has chosen, where the address left it to it; 0: not known
   */
  public String shown(int port) {
    return (isUnix() ? "" : tls.isPresent() ? "https://" : "http://") + place(port);
  }

  /** Where it is, whether it encrypts or not: {@code 10.0.0.1:8443}. */
  public String place() {
    return place(0);
  }

  private String place(int port) {
    if (address instanceof InetSocketAddress inet) {
      String host = inet.getAddress().getHostAddress();
      return (host.contains(":") ? "[" + host + "]" : host)
          + ":"
          + (port > 0 ? port : inet.getPort());
    }
    return "unix:" + address;
  }

  /**
   * With the tokens that others have, as far as these have any: another address takes a new start,
   * but a token that was taken back must not be good until then.
   */
  public AdminSettings withTokensOf(AdminSettings other) {
    return other.read.isEmpty() && other.operate.isEmpty()
        ? this
        : new AdminSettings(address, tls, other.read, other.operate);
  }

  @Override
  public String toString() {
    return "AdminSettings[" + shown(0) + "]";
  }
}
