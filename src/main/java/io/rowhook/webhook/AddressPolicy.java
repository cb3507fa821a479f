package io.rowhook.webhook;

import io.rowhook.recipient.CidrBlock;
import io.rowhook.webhook.http.GuardedDnsResolver;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which addresses a recipient may be at: the public ones, and networks that were allowed by name.
 * {@link GuardedDnsResolver} asks it about the very address that is then connected to, so that a
 * name that changes its mind between check and use gains nothing. Pure.
 *
 * @param allowed beyond the public ones
 */
public record AddressPolicy(List<CidrBlock> allowed) {

  /** Public addresses and nothing else. */
  public static final AddressPolicy PUBLIC = new AddressPolicy(List.of());

  /** Every address there is. */
  public static final AddressPolicy ANY =
      new AddressPolicy(List.of(CidrBlock.parse("0.0.0.0/0"), CidrBlock.parse("::/0")));

  /**
   * IANA's special-purpose registries (RFC 6890), what is not globally reachable; and multicast.
   */
  private static final List<Refused> REFUSED =
      List.of(
          new Refused("0.0.0.0/8", "unspecified"),
          new Refused("10.0.0.0/8", "private"),
          new Refused("100.64.0.0/10", "a carrier's own (CGNAT)"),
          new Refused("127.0.0.0/8", "loopback"),
          new Refused("169.254.0.0/16", "link-local"),
          new Refused("172.16.0.0/12", "private"),
          new Refused("192.0.0.0/24", "reserved"),
          new Refused("192.0.2.0/24", "for documentation"),
          new Refused("192.88.99.0/24", "reserved"),
          new Refused("192.168.0.0/16", "private"),
          new Refused("198.18.0.0/15", "for benchmarks"),
          new Refused("198.51.100.0/24", "for documentation"),
          new Refused("203.0.113.0/24", "for documentation"),
          new Refused("224.0.0.0/4", "multicast"),
          new Refused("240.0.0.0/4", "reserved"),
          new Refused("::/128", "unspecified"),
          new Refused("::1/128", "loopback"),
          // Where in it the IPv4 address stands is its owner's choice (RFC 8215), so it cannot be
          // read.
          new Refused("64:ff9b:1::/48", "a translator's own (NAT64)"),
          new Refused("2001::/23", "reserved"),
          new Refused("2001:db8::/32", "for documentation"),
          new Refused("3fff::/20", "for documentation"),
          new Refused("fc00::/7", "private"),
          new Refused("fe80::/10", "link-local"),
          new Refused("fec0::/10", "private"),
          new Refused("ff00::/8", "multicast"));

  /** Prefixes of IPv6 that carry an IPv4 address, and at which byte: what counts is that one. */
  private static final List<Carrier> CARRIERS =
      List.of(
          new Carrier("::ffff:0:0:0/96", 12), // translated, RFC 2765
          new Carrier("64:ff9b::/96", 12), // NAT64, RFC 6052
          new Carrier("2002::/16", 2), // 6to4, RFC 3056
          new Carrier("::/96", 12)); // compatible, RFC 4291; after the whole addresses above

  /** All that IANA gives out to be reached from everywhere (RFC 4291, 2.5.4). */
  private static final CidrBlock GLOBAL_V6 = CidrBlock.parse("2000::/3");

  public AddressPolicy {
    allowed = List.copyOf(allowed);
  }

  /** Why an address may not be connected to, in a word; empty if it may. */
  public Optional<String> refusal(InetAddress address) {
    if (allowed.stream().anyMatch(network -> network.contains(address))) {
      return Optional.empty();
    }
    for (Refused refused : REFUSED) {
      if (refused.network.contains(address)) {
        return Optional.of(refused.kind);
      }
    }
    for (Carrier carrier : CARRIERS) {
      if (carrier.network.contains(address)) {
        return refusal(v4(address.getAddress(), carrier.offset));
      }
    }
    return address instanceof Inet4Address || GLOBAL_V6.contains(address)
        ? Optional.empty()
        : Optional.of("reserved");
  }

  /** Those of some addresses that may be connected to, in their order. */
  public List<InetAddress> permitted(InetAddress... addresses) {
    List<InetAddress> permitted = new ArrayList<>();
    for (InetAddress address : addresses) {
      if (refusal(address).isEmpty()) {
        permitted.add(address);
      }
    }
    return permitted;
  }

  private record Refused(CidrBlock network, String kind) {
    Refused(String network, String kind) {
      this(CidrBlock.parse(network), kind);
    }
  }

  private record Carrier(CidrBlock network, int offset) {
    Carrier(String network, int offset) {
      this(CidrBlock.parse(network), offset);
    }
  }

  private static InetAddress v4(byte[] bytes, int offset) {
    try {
      return Inet4Address.getByAddress(java.util.Arrays.copyOfRange(bytes, offset, offset + 4));
    } catch (java.net.UnknownHostException e) {
      throw new IllegalStateException("four bytes are an IPv4 address", e);
    }
  }
}
