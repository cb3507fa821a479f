package io.rowhook.admin;

import io.rowhook.admin.receive.Chaos;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Whom {@code rowhook receive} hands requests on to, and how badly. */
final class ForwardOptions {

  @Option(
      names = "--forward",
      paramLabel = "URL",
      description =
          "Hand what is accepted on to this receiver, and answer with its status. Its path and query"
              + " are the request's, unless it has some of its own.")
  private @Nullable URI forward;

  @Option(
      names = "--chaos",
      paramLabel = "PERCENT",
      arity = "0..1",
      fallbackValue = "20",
      description =
          "With --forward: of so many of a hundred requests (default: ${FALLBACK-VALUE}) lose the"
              + " request or its answer, send it twice or late, or send an old one again: what a"
              + " receiver has to bear.")
  private @Nullable Integer chaos;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "With --chaos: draw what was drawn before.")
  private @Nullable Long seed;

  /**
   * What hands them on, if they are.
   *
   * @throws ParameterException if the options do not go together
   */
  Optional<Chaos> handedOn(CommandLine command) {
    URI to = forward;
    Integer percent = chaos;
    if (to == null && (percent != null || seed != null)) {
      throw wrong(command, percent != null ? "--chaos" : "--seed", "goes with --forward");
    }
    if (percent != null && (percent < 0 || percent > 100)) {
      throw wrong(command, "--chaos", "is from 0 to 100, got: " + percent);
    }
    if (to != null && !List.of("http", "https").contains(String.valueOf(to.getScheme()))) {
      throw wrong(
          command, "--forward", "is the URL of a receiver, as http://127.0.0.1:3000/, got: " + to);
    }
    long drawn = seed != null ? seed : System.nanoTime();
    if (percent != null) {
      command.getErr().println("Of 100 requests " + percent + " meet trouble; --seed " + drawn);
    }
    return Optional.ofNullable(to).map(url -> new Chaos(url, percent == null ? 0 : percent, drawn));
  }

  private static ParameterException wrong(CommandLine command, String option, String rule) {
    return new ParameterException(command, option + " " + rule);
  }
}
