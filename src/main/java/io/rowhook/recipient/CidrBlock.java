package io.rowhook.recipient;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of addresses in CIDR notation (RFC 4632, RFC 4291): {@code 10.1.0.0/16}, {@code
 * fd00::/8}.
 *
 * @param base its address, 4 or 16 bytes; all bits after the prefix are 0
 * @param prefix how many leading bits an address must share with it
 */
public record CidrBlock(List<Byte> base, int prefix) {

  private static final Pattern CIDR = Pattern.compile("([0-9a-fA-F:.]+)/([0-9]{1,3})");
  private static final Pattern IPV4 =
      Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");

  public CidrBlock {
    base = List.copyOf(base);
  }

  /**
   * Reads {@code 10.1.0.0/16}. Asks no name server.
   *
   * @throws IllegalArgumentException for anything else, with the rule that it breaks
   */
  public static CidrBlock parse(String text) {
    Matcher matcher = CIDR.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("must be an address and a prefix length");
    }
    byte[] address = address(matcher.group(1));
    int prefix = Integer.parseInt(matcher.group(2));
    if (prefix > address.length * Byte.SIZE) {
      throw new IllegalArgumentException(
          "must have a prefix length of at most " + address.length * Byte.SIZE);
    }
    byte[] base = masked(address, prefix);
    if (!Arrays.equals(base, address)) {
      throw new IllegalArgumentException("must have only zero bits after its prefix length");
    }
    return new CidrBlock(boxed(base), prefix);
  }

  /**
   * Whether the address is in here. An IPv4 address is never in an IPv6 network, nor the reverse.
   */
  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == base.size() && boxed(masked(bytes, prefix)).equals(base);
  }

  private static byte[] address(String text) {
    if (text.indexOf(':') < 0 && !IPV4.matcher(text).matches()) {
      throw new IllegalArgumentException("must begin with an IPv4 or IPv6 address");
    }
    try {
      return InetAddress.ofLiteral(text).getAddress();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("must begin with an IPv4 or IPv6 address", e);
    }
  }

  private static byte[] masked(byte[] address, int prefix) {
    byte[] masked = address.clone();
    for (int bit = prefix; bit < masked.length * Byte.SIZE; bit++) {
      masked[bit / Byte.SIZE] &= (byte) ~(0x80 >> bit % Byte.SIZE);
    }
    return masked;
  }

  private static List<Byte> boxed(byte[] bytes) {
    Byte[] boxed = new Byte[bytes.length];
    Arrays.setAll(boxed, i -> bytes[i]);
    return List.of(boxed);
  }

  @Override
  public String toString() {
    byte[] bytes = new byte[base.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = base.get(i);
    }
    try {
      return InetAddress.getByAddress(bytes).getHostAddress() + "/" + prefix;
    } catch (java.net.UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }
}
