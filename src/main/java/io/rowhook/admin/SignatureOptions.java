package io.rowhook.admin;

import io.rowhook.admin.receive.Ed25519Verifier;
import io.rowhook.admin.receive.SignatureVerifier;
import io.rowhook.recipient.Authentication.Algorithm;
import io.rowhook.recipient.Authentication.Hmac;
import io.rowhook.recipient.Authentication.SignatureScheme;
import io.rowhook.recipient.Ed25519Key;
import io.rowhook.recipient.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of {@link ReceiveCommand} that say what form a signature has beside its style. */
final class SignatureOptions {

  @Option(
      names = "--algorithm",
      defaultValue = "sha256",
      description = "The hash: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Algorithm algorithm = Algorithm.sha256;

  @Option(
      names = "--prefix",
      description =
          "What stands before it in the styles hex and base64; '' for plain hex (default: sha256= or"
              + " sha512= in hex, none in base64).")
  private @Nullable String prefix;

  @Option(
      names = "--public-key",
      paramLabel = "KEY",
      description =
          "Requests must be signed with Ed25519, v1a, by the private key of this one, whpk_...; may"
              + " be given several times, and beside a secret.")
  private List<String> publicKeys = new ArrayList<>();

  @Option(
      names = "--private-key-env",
      paramLabel = "NAME",
      description = "The same, by the private key in an environment variable, whsk_...")
  private List<String> privateKeyVariables = new ArrayList<>();

  /** Reports an option and what is wrong with it by {@code wrong}. */
  Ed25519Verifier ed25519(
      BiFunction<String, String, ParameterException> wrong, UnaryOperator<String> variable) {
    List<String> keys = new ArrayList<>();
    for (String name : privateKeyVariables) {
      try {
        keys.add(Ed25519Key.parse(new Secret(variable.apply(name))).publicKey());
      } catch (IllegalArgumentException e) {
        throw wrong.apply("--private-key-env", String.valueOf(e.getMessage()));
      }
    }
    keys.addAll(publicKeys);
    try {
      return new Ed25519Verifier(keys);
    } catch (IllegalArgumentException e) {
      throw wrong.apply("--public-key", String.valueOf(e.getMessage()));
    }
  }

  /** Returns what is wrong with an option beside this style; null: nothing. */
  @Nullable String wrong(SignatureScheme style) {
    if (algorithm != Algorithm.sha256 && style == SignatureScheme.standard) {
      return "--algorithm is fixed by the style standard; it goes with the other styles";
    }
    return prefix != null && style != SignatureScheme.hex && style != SignatureScheme.base64
        ? "--prefix goes with the styles hex and base64"
        : null;
  }

  /**
   * The check that the options ask for.
   *
   * @throws IllegalArgumentException if a secret is not of the style's form
   */
  SignatureVerifier check(
      SignatureScheme style,
      @Nullable String header,
      List<Secret> secrets,
      Ed25519Verifier ed25519) {
    return new SignatureVerifier(
        style,
        header != null ? header : style.defaultHeader(),
        algorithm,
        prefix != null ? prefix : Hmac.defaultPrefix(style, algorithm),
        secrets,
        ed25519);
  }
}
