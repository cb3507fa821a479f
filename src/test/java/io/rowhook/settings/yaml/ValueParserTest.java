package io.rowhook.settings.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.recipient.CidrBlock;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What single values may be. */
class ValueParserTest {

  private static final ValueParser<Duration> ANY =
      ValueParser.duration(Duration.ZERO, Duration.ofDays(100_000));

  @ParameterizedTest
  @CsvSource({"500ms, PT0.5S", "5s, PT5S", "10m, PT10M", "1h, PT1H", "10d, PT240H", "0s, PT0S"})
  void durations(String written, Duration duration) throws InvalidValueException {
    assertThat(ANY.apply(written)).isEqualTo(duration);
    assertThat(ANY.apply(ValueParser.written(duration))).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"5", "s", "-5s", "1.5s", "5 s", "5S", "5min", "1h30m", "999999999999999d"})
  void noDurations(String written) {
    assertThatThrownBy(() -> ANY.apply(written)).isInstanceOf(InvalidValueException.class);
  }

  @ParameterizedTest
  @CsvSource({"0B, 0", "3KB, 3072", "2GB, 2147483648", "1TB, 1099511627776"})
  void sizes(String written, long bytes) throws InvalidValueException {
    assertThat(ValueParser.bytes().apply(written)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "2gb", "2GiB", "1.5GB", "999999999999999TB"})
  void noSizes(String written) {
    assertThatThrownBy(() -> ValueParser.bytes().apply(written))
        .isInstanceOf(InvalidValueException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.0.0/16, 10.1.255.255, true",
    "10.1.0.0/16, 10.2.0.0, false",
    "127.0.0.0/8, 127.0.0.1, true",
    "10.1.2.3/32, 10.1.2.3, true",
    "10.1.2.3/32, 10.1.2.2, false",
    "0.0.0.0/0, 8.8.8.8, true",
    "fd00::/8, fdff::1, true",
    "fd00::/8, fe80::1, false",
    "::/0, 127.0.0.1, false",
    "172.16.0.0/12, 172.31.255.255, true",
    "172.16.0.0/12, 172.32.0.0, false"
  })
  void networks(String network, String address, boolean inside) {
    assertThat(CidrBlock.parse(network).contains(InetAddress.ofLiteral(address))).isEqualTo(inside);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.1/16", "10.1.0.0", "10.1.0.0/33", "10.1.0.1/16", "010.0.0.0/8", "256.0.0.0/8",
        "localhost/8", "fe80::1%eth0/64", "fd00::/129", "/8", "::g/8", "10.0.0.0/-1"
      })
  void noNetworks(String network) {
    assertThatThrownBy(() -> CidrBlock.parse(network)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aNetworkShowsAsItIsWritten() {
    assertThat(CidrBlock.parse("10.1.0.0/16")).hasToString("10.1.0.0/16");
  }
}
