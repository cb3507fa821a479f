package io.rowhook.admin;

import io.rowhook.admin.cli.ShownHeaders;
import io.rowhook.admin.receive.Ed25519Verifier;
import io.rowhook.admin.receive.ReceivedPrinter;
import io.rowhook.admin.receive.SignatureVerifier;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.recipient.Authentication.SignatureScheme;
import io.rowhook.recipient.Secret;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code rowhook receive}: a {@link TestReceiver} on the command line, which prints what comes. */
@Command(
    name = "receive",
    description = "A receiver for trying out: verifies and prints what it is sent, until Ctrl-C.",
    footer = {
      "",
      "Exit status: 0 once as many as --count says were received and all were accepted, 1 if one was"
          + " turned away or it cannot listen, 2 if the command line is wrong."
    },
    mixinStandardHelpOptions = true)
public final class ReceiveCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      description = "The address to listen on (default: ${DEFAULT-VALUE}).")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      defaultValue = "8080",
      description = "The port; 0: any free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--secret",
      paramLabel = "SECRET",
      description =
          "Requests must be signed with this; may be given several times. Others on this machine see"
              + " it in the process list: --secret-env does not show.")
  private List<String> secrets = new ArrayList<>();

  @Option(
      names = "--secret-env",
      paramLabel = "NAME",
      description = "The same, from an environment variable.")
  private List<String> secretVariables = new ArrayList<>();

  @Option(
      names = "--style",
      defaultValue = "standard",
      description = "How they are signed: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private SignatureScheme style = SignatureScheme.standard;

  @Mixin private SignatureOptions form = new SignatureOptions();

  @Option(
      names = "--bearer-env",
      paramLabel = "NAME",
      description = "Requests must have the bearer token of this environment variable.")
  private @Nullable String bearerVariable;

  @Option(
      names = "--header",
      description = "Where the signature is (default: as the style has it).")
  private @Nullable String header;

  @Option(
      names = "--basic",
      paramLabel = "USER:PASSWORD",
      description = "Requests must have these; --basic-env does not show in the process list.")
  private @Nullable String basic;

  @Option(
      names = "--basic-env",
      paramLabel = "NAME",
      description = "The same, from an environment variable.")
  private @Nullable String basicVariable;

  @Option(
      names = "--status",
      defaultValue = "200",
      description = "What to answer (default: ${DEFAULT-VALUE}).")
  private int status;

  @Option(
      names = "--fail",
      paramLabel = "N",
      defaultValue = "0",
      description = "Answer the first N requests 500.")
  private int fail;

  @Option(
      names = "--delay",
      paramLabel = "TIME",
      defaultValue = "0ms",
      converter = DurationConverter.class,
      description = "Answer only after this time: 500ms, 6s, 1m.")
  private Duration delay = Duration.ZERO;

  @Option(names = "--respond", paramLabel = "JSON", description = "The answer's body.")
  private String respond = "";

  @Mixin private ForwardOptions forwarding = new ForwardOptions();

  @Option(names = "--count", paramLabel = "N", description = "Stop after N requests.")
  private @Nullable Integer count;

  @ArgGroup private @Nullable Output output;

  /** At most one of these. */
  static final class Output {
    @Option(names = "--short", description = "Print each body on one line.")
    private boolean shortened;

    @Option(names = "--quiet", description = "Print no bodies.")
    private boolean quiet;

    @Option(names = "--json", description = "Print one JSON object a request.")
    private boolean json;
  }

  private final Map<String, String> environment;

  public ReceiveCommand() {
    this(System.getenv());
  }

  ReceiveCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws InterruptedException {
    TestReceiver.Settings settings = settings();
    PrintWriter out = commandSpec().commandLine().getOut();
    ShownHeaders shown = new ShownHeaders(settings.signature().header());
    ReceivedPrinter printer = new ReceivedPrinter(out, form(), shown);
    AtomicLong refused = new AtomicLong();
    CountDownLatch left = new CountDownLatch(count != null ? count : Integer.MAX_VALUE);
    try (TestReceiver receiver =
        new TestReceiver(
            settings,
            request -> {
              printer.print(request);
              if (!request.accepted()) {
                refused.incrementAndGet();
              }
            },
            request -> left.countDown())) {
      announce(receiver);
      left.await();
    } catch (IOException e) {
      throw new IllegalStateException(
          "cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
    }
    return refused.get() == 0 ? 0 : 1;
  }

  /** To the error stream, so that the standard one has requests only. */
  private void announce(TestReceiver receiver) {
    PrintWriter err = commandSpec().commandLine().getErr();
    err.println("Listening on " + receiver.uri());
    err.flush();
  }

  private TestReceiver.Settings settings() {
    if (port < 0 || port > 65_535) {
      throw wrong("--port", "is from 0 to 65535, got: " + port);
    }
    if (status < 200 || status > 599) {
      throw wrong("--status", "is from 200 to 599, got: " + status);
    }
    if (fail < 0) {
      throw wrong("--fail", "is 0 or more, got: " + fail);
    }
    if (count != null && count < 1) {
      throw wrong("--count", "is 1 or more, got: " + count);
    }
    if (header != null && style == SignatureScheme.standard) {
      throw wrong("--header", "is fixed by the style standard; it goes with the other styles");
    }
    String wrong = form.wrong(style);
    if (wrong != null) {
      throw new ParameterException(commandSpec().commandLine(), wrong);
    }
    return new TestReceiver.Settings(
        host,
        port,
        verifier(),
        credentials(),
        Optional.ofNullable(bearerVariable).map(name -> new Secret(variable("--bearer-env", name))),
        new TestReceiver.Answer(status, fail, delay, respond),
        forwarding.handedOn(commandSpec().commandLine()));
  }

  private SignatureVerifier verifier() {
    List<Secret> all = new ArrayList<>();
    secrets.forEach(text -> all.add(new Secret(text)));
    secretVariables.forEach(name -> all.add(new Secret(variable("--secret-env", name))));
    Ed25519Verifier ed25519 =
        form.ed25519(this::wrong, name -> variable("--private-key-env", name));
    try {
      return form.check(style, header, all, ed25519);
    } catch (IllegalArgumentException e) {
      throw wrong(secrets.isEmpty() ? "--secret-env" : "--secret", String.valueOf(e.getMessage()));
    }
  }

  private Optional<Secret> credentials() {
    if (basic != null && basicVariable != null) {
      throw wrong("--basic", "and --basic-env exclude each other");
    }
    String text = basicVariable != null ? variable("--basic-env", basicVariable) : basic;
    if (text != null && text.indexOf(':') < 0) {
      throw wrong(
          basicVariable != null ? "--basic-env" : "--basic", "is user:password; no colon in it");
    }
    return Optional.ofNullable(text).map(Secret::new);
  }

  private String variable(String option, String name) {
    String value = environment.get(name);
    if (value == null || value.isEmpty()) {
      throw wrong(option, "names the environment variable " + name + ", which is not set");
    }
    return value;
  }

  private ReceivedPrinter.Form form() {
    if (output != null && output.json) {
      return ReceivedPrinter.Form.json;
    }
    if (output != null && output.quiet) {
      return ReceivedPrinter.Form.quiet;
    }
    return output != null && output.shortened
        ? ReceivedPrinter.Form.shortened
        : ReceivedPrinter.Form.full;
  }

  private ParameterException wrong(String option, String rule) {
    return new ParameterException(commandSpec().commandLine(), option + " " + rule);
  }

  private CommandSpec commandSpec() {
    if (spec == null) {
      throw new IllegalStateException("picocli sets it before it calls the command");
    }
    return spec;
  }

  /** The durations of the configuration: a number and its unit. */
  static final class DurationConverter implements ITypeConverter<Duration> {

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    @Override
    public Duration convert(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException(
            "a time is a number and ms, s, m or h, got: '" + text + "'");
      }
      long number = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2)) {
        case "ms" -> Duration.ofMillis(number);
        case "s" -> Duration.ofSeconds(number);
        case "m" -> Duration.ofMinutes(number);
        default -> Duration.ofHours(number);
      };
    }
  }
}
