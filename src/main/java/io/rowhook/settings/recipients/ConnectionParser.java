package io.rowhook.settings.recipients;

import io.rowhook.recipient.Authentication.Basic;
import io.rowhook.recipient.ConnectionOptions;
import io.rowhook.recipient.HttpProxy;
import io.rowhook.recipient.Rate;
import io.rowhook.recipient.Secret;
import io.rowhook.settings.yaml.InvalidValueException;
import io.rowhook.settings.yaml.SecretMask;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Value;
import io.rowhook.settings.yaml.YamlNode.Fields;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what a recipient's file says about the way to it: {@code proxy} and {@code rate}. */
public final class ConnectionParser {

  private static final String NONE = "none";
  private static final Pattern FORM = Pattern.compile("([0-9]{1,7})/([smh])");
  private static final Map<String, Duration> TIMES =
      Map.of("s", Duration.ofSeconds(1), "m", Duration.ofMinutes(1), "h", Duration.ofHours(1));

  static final Setting<Optional<HttpProxy>> PROXY =
      Setting.of(
              "proxy",
              Value.text(ConnectionParser::proxyOrNone).shownAs(SecretMask::url),
              "[what its requests go through](#through-a-proxy), `http://user:password@host:port`; or"
                  + " `none`, whatever `rowhook.yaml` says")
          .within("`http://`, a host and a port")
          .without("as `rowhook.yaml` says");

  public static final Setting<HttpProxy> PROXY_OF_ALL =
      Setting.of(
              "proxy",
              Value.text(ConnectionParser::proxy).shownAs(SecretMask::url),
              "[what requests go through](#through-a-proxy) to all recipients whose files do not say"
                  + " otherwise, `http://user:password@host:port`")
          .within("`http://`, a host and a port")
          .without("none");

  static final Setting<Rate> RATE =
      Setting.of(
              "rate",
              Value.of(
                  ConnectionParser::rate,
                  Map.of("type", "string", "pattern", "^" + FORM + "$|\\$\\{")),
              "how many attempts may start: `10/s`, `100/m`, `5000/h`. Retries and probes count,"
                  + " `rowhook test` does not. After a rest one second's worth may start at once, at"
                  + " least one")
          .within("1 to " + Rate.MAX_COUNT + " in `s`, `m` or `h`")
          .without("as many as can");

  private ConnectionParser() {}

  /**
   * The way to a recipient.
   *
   * @param proxyOfAll of {@code rowhook.yaml}, where its own file names none
   */
  static ConnectionOptions read(Fields recipient, Optional<HttpProxy> proxyOfAll) {
    return new ConnectionOptions(recipient.read(PROXY).orElse(proxyOfAll), recipient.read(RATE));
  }

  private static Optional<HttpProxy> proxyOrNone(String value) throws InvalidValueException {
    return value.equals(NONE) ? Optional.empty() : Optional.of(proxy(value));
  }

  /** {@code http://user:password@host:port}; what stands before the host is never shown. */
  static HttpProxy proxy(String value) throws InvalidValueException {
    String example = "Write for example http://proxy.example.com:3128";
    URI url;
    try {
      url = new URI(value);
    } catch (URISyntaxException e) {
      throw InvalidValueException.hidden(
          "must be a URL",
          example + "; percent-encode what stands in user and password and is no letter or digit.");
    }
    String shown = RecipientValueParsers.withoutSecrets(value);
    if (!"http".equals(url.getScheme())) {
      throw InvalidValueException.showing("must begin with http://", shown, example + ".");
    }
    if (url.getHost() == null || url.getPort() < 1 || url.getPort() > 65_535) {
      throw InvalidValueException.showing(
          "must have a host and a port from 1 to 65535", shown, example + ".");
    }
    boolean more =
        url.getRawQuery() != null
            || url.getRawFragment() != null
            || !(url.getRawPath().isEmpty() || url.getRawPath().equals("/"));
    if (more) {
      throw InvalidValueException.showing("must end after the port", shown, example + ".");
    }
    String host = url.getHost();
    return new HttpProxy(
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        url.getPort(),
        url.getRawUserInfo() == null
            ? Optional.empty()
            : Optional.of(credentials(url.getRawUserInfo())));
  }

  private static Basic credentials(String written) throws InvalidValueException {
    int colon = written.indexOf(':');
    String user = decoded(colon < 0 ? written : written.substring(0, colon));
    String password = colon < 0 ? "" : decoded(written.substring(colon + 1));
    boolean controls = (user + password).chars().anyMatch(Character::isISOControl);
    if (user.isEmpty() || password.isEmpty() || user.indexOf(':') >= 0 || controls) {
      throw InvalidValueException.hidden(
          "must have both a user, without a colon, and a password before the @, and no control"
              + " characters",
          "Write http://user:password@host:port, each character that is no letter or digit"
              + " percent-encoded, or take both out.");
    }
    return new Basic(user, new Secret(password));
  }

  private static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** {@code 10/s}, {@code 100/m}, {@code 5000/h}. */
  private static Rate rate(String value) throws InvalidValueException {
    Matcher matcher = FORM.matcher(value);
    if (matcher.matches()) {
      int count = Integer.parseInt(matcher.group(1));
      Duration per = TIMES.get(matcher.group(2));
      if (per != null && count >= 1 && count <= Rate.MAX_COUNT) {
        return new Rate(count, per);
      }
    }
    throw InvalidValueException.because(
        "must be a number from 1 to " + Rate.MAX_COUNT + " and a time, s, m or h",
        "Write for example 10/s, 100/m or 5000/h.");
  }
}
