package io.rowhook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.recipient.CidrBlock;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses are public, and which networks are allowed all the same. */
class AddressPolicyTest {

  @ParameterizedTest
  @Tag("feature-47")
  @CsvSource({
    "127.0.0.1, loopback",
    "127.255.0.9, loopback",
    "10.1.2.3, private",
    "172.16.0.1, private",
    "172.31.255.255, private",
    "192.168.1.1, private",
    "169.254.169.254, link-local",
    "100.64.0.1, a carrier's own (CGNAT)",
    "224.0.0.1, multicast",
    "255.255.255.255, reserved",
    "0.0.0.0, unspecified",
    "::, unspecified",
    "::1, loopback",
    "fe80::1, link-local",
    "fd00::1, private",
    "ff02::1, multicast",
    "2001:db8::1, for documentation",
    "::ffff:127.0.0.1, loopback",
    "::ffff:0:127.0.0.1, loopback",
    "64:ff9b::10.0.0.1, private",
    "2002:7f00:1::, loopback",
    "::127.0.0.1, loopback",
    "64:ff9b:1:a00:0:100:808:808, a translator's own (NAT64)",
    "100::1, reserved",
    "100:0:0:1::1, reserved",
    "5f00::1, reserved",
    "4000::1, reserved",
    "200::1, reserved",
    "0:0:0:1::1, reserved",
    "2001:0:7f00:1::, reserved",
  })
  void refusesAddressesThatAreNotPublic(String address, String kind) {
    assertThat(AddressPolicy.PUBLIC.refusal(InetAddress.ofLiteral(address))).contains(kind);
    assertThat(AddressPolicy.ANY.refusal(InetAddress.ofLiteral(address))).isEmpty();
  }

  @ParameterizedTest
  @Tag("feature-47")
  @ValueSource(
      strings = {
        "93.184.216.34",
        "172.32.0.1",
        "100.128.0.1",
        "2606:4700::1111",
        "::ffff:93.184.216.34",
        "64:ff9b::93.184.216.34",
        "2002:5db8:d822::"
      })
  void permitsPublicAddresses(String address) {
    assertThat(AddressPolicy.PUBLIC.refusal(InetAddress.ofLiteral(address))).isEmpty();
  }

  @Test
  @Tag("feature-47")
  void permitsTheNetworksAllowed() {
    AddressPolicy networks =
        new AddressPolicy(List.of(CidrBlock.parse("10.1.0.0/16"), CidrBlock.parse("::1/128")));
    assertThat(networks.permitted(address("10.1.255.1"), address("10.2.0.1"), address("::1")))
        .containsExactly(address("10.1.255.1"), address("::1"));
    assertThat(networks.refusal(address("::ffff:10.1.0.1"))).isEmpty();
  }

  private static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }
}
