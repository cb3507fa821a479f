package io.rowhook.admin.http;

import io.rowhook.admin.api.ApiException;
import io.rowhook.admin.api.Caller;
import io.rowhook.admin.api.ProblemType;
import io.rowhook.admin.api.Right;
import io.rowhook.recipient.Secret;
import io.rowhook.settings.AdminSettings;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * For whom {@code rowhook.yaml} lets in: by the tokens in force, or where there are none, on the
 * loopback and a Unix socket, everybody who can reach it.
 */
final class ConfiguredAccess implements Access {

  private static final Pattern LOOPBACK =
      Pattern.compile("(?:localhost|127(?:\\.[0-9]{1,3}){3}|\\[::1])(?::[0-9]{1,5})?");

  private final Supplier<AdminSettings> settings;
  private final WrongTokens wrong;

  /**
   * @param settings those in force
   */
  ConfiguredAccess(Supplier<AdminSettings> settings, InstantSource clock) {
    this.settings = settings;
    this.wrong = new WrongTokens(clock);
  }

  @Override
  public void checkHost(Asked asked) throws ApiException {
    if (settings.get().isLoopback()
        && !LOOPBACK.matcher(asked.host().toLowerCase(Locale.ROOT)).matches()) {
      throw new ApiException(
          ProblemType.WRONG_HOST,
          "this is a host's own address, and not '"
              + asked.host()
              + "': ask for localhost, or for 127.0.0.1");
    }
  }

  @Override
  public Caller caller(Asked asked) throws ApiException {
    AdminSettings now = settings.get();
    String token = Access.token(asked);
    if (now.read().isEmpty() && now.operate().isEmpty()) {
      Caller here =
          new Caller(now.isUnix() ? "unix socket" : "loopback", asked.address(), Right.operate);
      return token == null ? here : here.with(new Secret(token));
    }
    if (token == null) {
      return new Caller("nobody", asked.address(), Right.anybody);
    }
    wrong.check(asked.address());
    boolean operates = is(token, now.operate());
    boolean reads = is(token, now.read());
    if (!operates && !reads) {
      wrong.add(asked.address());
      throw Access.unauthorized("the token is none of those in rowhook.yaml", true);
    }
    Caller caller =
        operates
            ? new Caller("operate token", asked.address(), Right.operate)
            : new Caller("read token", asked.address(), Right.read);
    return caller.with(new Secret(token));
  }

  private static boolean is(String token, Optional<Secret> expected) {
    return expected.isPresent() && Tokens.same(token, expected.get());
  }
}
