package io.rowhook.settings;

import io.rowhook.recipient.Acknowledge;
import io.rowhook.recipient.Allow;
import io.rowhook.recipient.ConnectionOptions;
import io.rowhook.recipient.Format;
import io.rowhook.recipient.HttpProxy;
import io.rowhook.recipient.Network;
import io.rowhook.recipient.OwedLimit;
import io.rowhook.recipient.Pause;
import io.rowhook.recipient.Processing;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RequestOptions;
import io.rowhook.recipient.Retry;
import io.rowhook.recipient.Subscription;
import io.rowhook.recipient.Tls;
import io.rowhook.settings.Value.Mapping;
import io.rowhook.settings.YamlNode.Fields;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads one {@code recipients/<name>.yaml}: who is sent webhooks, where, how signed, how fast. */
final class RecipientFile {

  /** What {@code processing} says; the number of jobs stands beside it. */
  private enum Mode {
    sequential,
    parallel
  }

  /** What {@code exhausted} says, in capitals since {@code continue} is a word of Java's. */
  private enum Exhausted {
    CONTINUE,
    STOP;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Setting<URI> URL =
      Setting.required(
              "url", Value.text(RecipientRules.url(false)), "path and query are sent untouched")
          .within(
              "absolute; `https://`, or `http://` where allowed; no user, password or fragment in"
                  + " it");

  private static final Setting<Mode> PROCESSING =
      Setting.of(
              "processing",
              Value.oneOf(Mode.class),
              "`sequential`: one at a time, in commit order; `parallel`: up to `jobs`, never two of"
                  + " one entity")
          .or(Mode.parallel);

  private static final Setting<Integer> JOBS =
      Setting.of("jobs", Value.integer(1, Processing.MAX_JOBS), "how many at a time")
          .within("with `parallel` only")
          .or(Processing.DEFAULT.jobs());

  private static final Setting<Duration> TIMEOUT =
      Setting.of(
              "timeout",
              Value.duration(Duration.ofMillis(100), Duration.ofMinutes(5)),
              "for the whole call: connect, send, answer; of a host with several addresses each may"
                  + " take a share of it to connect, the one that worked last first")
          .or(Recipient.DEFAULT_TIMEOUT);

  private static final Setting<Exhausted> EXHAUSTED =
      Setting.of(
              "exhausted",
              Value.oneOf(RecipientFile::exhausted, List.of("continue", "stop")),
              "`stop`: a delivery that ends failed stops the recipient until a person decides")
          .within("`stop` with `sequential` only")
          .or(Exhausted.CONTINUE);

  private static final Setting<Boolean> HTTP =
      Setting.of("http", Value.flag(), "unencrypted requests").or(false);

  private static final Setting<List<Network>> NETWORKS =
      Setting.of(
              "networks",
              Value.listOf(Value.text(RecipientRules::network)),
              "private, loopback or link-local networks it may be in, checked on the address"
                  + " connected to")
          .within("as `10.1.0.0/16`")
          .or(List.of());

  private static final Setting<Fields> ALLOW =
      Setting.of(
          "allow",
          new Mapping(ObjectSetting.of(HTTP, NETWORKS)),
          "what is refused for everyone else");

  private static final Setting<Format> FORMAT =
      Setting.of(
              "format",
              Value.oneOf(Format.class),
              "`json`, or `xml`: [the same tree](templates.md#xml)")
          .or(Format.json);

  /** The file. */
  static final ObjectSetting<Recipient> OBJECT =
      ObjectSetting.<Recipient>empty()
          .with(URL, Recipient::url)
          .with(AuthenticationKeys.SETTING, Recipient::authentication, AuthenticationKeys.OBJECT)
          .with(RequestKeys.HEADERS, recipient -> recipient.request().headers())
          .with(RequestLineKeys.METHOD, recipient -> recipient.request().line().methods())
          .with(RequestLineKeys.PATH, recipient -> recipient.request().line().path())
          .with(ConnectionKeys.PROXY, recipient -> recipient.connection().proxy())
          .with(ConnectionKeys.RATE, recipient -> recipient.connection().rate())
          .with(PROCESSING, recipient -> recipient.processing().getClass())
          .with(JOBS, recipient -> jobs(recipient.processing()))
          .with(TIMEOUT, Recipient::timeout)
          .with(AcknowledgeKeys.SETTING, Recipient::acknowledge)
          .with(EXHAUSTED, recipient -> stops(recipient.processing()))
          .with(BacklogKeys.SETTING, Recipient::owed)
          .with(PauseKeys.SETTING, Recipient::pause)
          .with(RetryKeys.SETTING, Recipient::retry)
          .with(ALLOW, Recipient::allow)
          .with(TlsKeys.SETTING, Recipient::tls)
          .with(FORMAT, Recipient::format)
          .with(BodyKeys.MAX_BODY, recipient -> recipient.request().maxBody())
          .with(BodyKeys.INTEGERS, recipient -> recipient.request().integers())
          .with(SubscriptionKeys.SETTING, Recipient::subscriptions);

  private final ForAll forAll;
  private final Reading reading;

  /**
   * What {@code rowhook.yaml} says of every recipient.
   *
   * @param allowed networks, beside those that its own file allows
   * @param proxy where its own file names none
   */
  record ForAll(List<Network> allowed, Optional<HttpProxy> proxy) {

    public ForAll {
      allowed = List.copyOf(allowed);
    }
  }

  private RecipientFile(ForAll forAll, Reading reading) {
    this.forAll = forAll;
    this.reading = reading;
  }

  /** The recipient; what is wrong is reported, and without a usable URL there is none. */
  static Optional<Recipient> read(
      Path file,
      String name,
      EntityNames entities,
      AttributeSetFiles sets,
      ForAll forAll,
      Reading reading) {
    return Yaml.read(file, reading)
        .flatMap(
            fields -> new RecipientFile(forAll, reading).recipient(name, fields, entities, sets));
  }

  private Optional<Recipient> recipient(
      String name, Fields fields, EntityNames entities, AttributeSetFiles sets) {
    fields.check(OBJECT);
    Allow allow = allow(fields.read(ALLOW));
    Optional<URI> url = fields.read(URL, RecipientRules.url(allow.http()));
    Processing processing = processing(fields);
    Duration timeout = fields.readOrDefault(TIMEOUT);
    Acknowledge acknowledge = AcknowledgeKeys.read(fields);
    Retry retry = RetryKeys.read(fields);
    Pause pause = PauseKeys.read(fields);
    OwedLimit owed = BacklogKeys.read(fields);
    Tls tls = TlsKeys.read(fields, reading);
    Format format = fields.readOrDefault(FORMAT);
    var authentication = AuthenticationKeys.read(fields, reading);
    RequestOptions request = RequestKeys.read(fields, authentication, format, reading);
    ConnectionOptions connection = ConnectionKeys.read(fields, forAll.proxy());
    List<Subscription> subscriptions = SubscriptionKeys.read(fields, name, entities, sets, reading);
    return url.map(u ->
        new Recipient(
            name,
            u,
            authentication,
            processing,
            timeout,
            acknowledge,
            retry,
            pause,
            owed,
            allow,
            tls,
            format,
            request,
            connection,
            subscriptions));
  }

  private Allow allow(Optional<Fields> own) {
    List<Network> networks = new ArrayList<>(forAll.allowed());
    own.map(fields -> fields.readOrDefault(NETWORKS)).ifPresent(networks::addAll);
    return new Allow(own.map(fields -> fields.readOrDefault(HTTP)).orElse(false), networks);
  }

  private static Processing processing(Fields fields) {
    Mode mode = fields.readOrDefault(PROCESSING);
    Optional<Integer> jobs = fields.read(JOBS);
    boolean stops = fields.readOrDefault(EXHAUSTED) == Exhausted.STOP;
    if (mode == Mode.sequential) {
      if (fields.get(JOBS).isPresent()) {
        fields.problem(
            JOBS,
            "jobs is for processing: parallel only; sequential has always one."
                + " Take it out, or write processing: parallel.");
      }
      return new Processing.Sequential(stops);
    }
    if (stops) {
      fields.problem(
          EXHAUSTED,
          "exhausted: stop is for processing: sequential only; in parallel the other"
              + " entities go on anyway. Take it out, or write processing:"
              + " sequential.");
    }
    return jobs.<Processing>map(Processing.Parallel::new).orElse(Processing.DEFAULT);
  }

  /** As its file says it, or would; one at a time is no number of jobs. */
  private static int jobs(Processing processing) {
    return processing instanceof Processing.Parallel parallel
        ? parallel.jobs()
        : Processing.DEFAULT.jobs();
  }

  private static boolean stops(Processing processing) {
    return processing instanceof Processing.Sequential sequential
        && sequential.stopsWhenExhausted();
  }

  private static Exhausted exhausted(String value) throws Refused {
    return switch (value) {
      case "stop" -> Exhausted.STOP;
      case "continue" -> Exhausted.CONTINUE;
      default -> throw Refused.because("must be continue or stop", "Write one of the two.");
    };
  }
}
