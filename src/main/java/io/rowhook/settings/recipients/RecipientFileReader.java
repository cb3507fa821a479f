package io.rowhook.settings.recipients;

import io.rowhook.recipient.AcknowledgementRule;
import io.rowhook.recipient.BacklogLimit;
import io.rowhook.recipient.BodyFormat;
import io.rowhook.recipient.CidrBlock;
import io.rowhook.recipient.CircuitBreakerConfig;
import io.rowhook.recipient.ConnectionOptions;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.DeliveryOrder;
import io.rowhook.recipient.EgressPolicy;
import io.rowhook.recipient.HttpProxy;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RequestOptions;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.recipient.Start;
import io.rowhook.recipient.Subscription;
import io.rowhook.recipient.TlsConfig;
import io.rowhook.settings.entities.EntityNames;
import io.rowhook.settings.yaml.InvalidValueException;
import io.rowhook.settings.yaml.ObjectSetting;
import io.rowhook.settings.yaml.ParseSession;
import io.rowhook.settings.yaml.SecretMask;
import io.rowhook.settings.yaml.Setting;
import io.rowhook.settings.yaml.Value;
import io.rowhook.settings.yaml.Value.Mapping;
import io.rowhook.settings.yaml.ValueParser;
import io.rowhook.settings.yaml.Yaml;
import io.rowhook.settings.yaml.YamlNode.Fields;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads one {@code recipients/<name>.yaml}: who is sent webhooks, where, how signed, how fast. */
public final class RecipientFileReader {

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
              "url",
              Value.text(RecipientValueParsers.url(false)).shownAs(SecretMask::url),
              "path and query are sent untouched")
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
      Setting.of("jobs", Value.integer(1, DeliveryMode.MAX_JOBS), "how many at a time")
          .within("with `parallel` only")
          .or(DeliveryMode.DEFAULT.jobs());

  private static final Setting<DeliveryOrder> ORDER =
      Setting.of(
              "order",
              Value.oneOf(DeliveryOrder.class),
              "what one waits for: `entity`: for what came before it of its entity; `references`:"
                  + " also for what came before it of each entity that [it"
                  + " names](receiving.md#references-first), as an order names its customer")
          .within("`references` with `parallel` only")
          .or(DeliveryOrder.entity);

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
              Value.oneOf(RecipientFileReader::exhausted, List.of("continue", "stop")),
              "`stop`: a delivery that ends failed stops the recipient until a person decides")
          .within("`stop` with `sequential` only")
          .or(Exhausted.CONTINUE);

  private static final Setting<Boolean> HTTP =
      Setting.of("http", Value.flag(), "unencrypted requests").or(false);

  private static final Setting<List<CidrBlock>> NETWORKS =
      Setting.of(
              "networks",
              Value.listOf(Value.text(RecipientValueParsers::network)),
              "private, loopback or link-local networks it may be in, checked on the address"
                  + " connected to")
          .within("as `10.1.0.0/16`")
          .or(List.of());

  private static final Setting<Fields> ALLOW =
      Setting.of(
          "allow",
          new Mapping(ObjectSetting.of(HTTP, NETWORKS)),
          "what is refused for everyone else");

  private static final Setting<List<String>> NOT_FROM =
      Setting.of(
              "not-from",
              Value.someOf(Value.text(ValueParser.text())),
              "names: what their transactions have done, by `from` of [their"
                  + " context](templates.md#no-echoes), is not sent, whatever the subscriptions say;"
                  + " for a recipient that writes back, its own")
          .without("everybody's is sent");

  private static final Setting<Start> START =
      Setting.of(
              "start",
              Value.oneOf(Start.class),
              "of a recipient that is new: `now`: it is sent what happens from now on; `snapshot`:"
                  + " [what is there as well](operating.md#bringing-a-recipient-up-to-date), once, of"
                  + " each entity of which a subscription's `events` name `Snapshot`")
          .or(Start.now);

  private static final Setting<BodyFormat> FORMAT =
      Setting.of(
              "format",
              Value.oneOf(BodyFormat.class),
              "`json`, or `xml`: [the same tree](templates.md#xml)")
          .or(BodyFormat.json);

  /** The file. */
  public static final ObjectSetting<Recipient> OBJECT =
      ObjectSetting.<Recipient>empty()
          .with(URL, Recipient::url)
          .with(
              AuthenticationParser.SETTING, Recipient::authentication, AuthenticationParser.OBJECT)
          .with(RequestOptionsParser.HEADERS, recipient -> recipient.request().headers())
          .with(RequestLineParser.METHOD, recipient -> recipient.request().line().methods())
          .with(RequestLineParser.PATH, recipient -> recipient.request().line().path())
          .with(ConnectionParser.PROXY, recipient -> recipient.connection().proxy())
          .with(ConnectionParser.RATE, recipient -> recipient.connection().rate())
          .with(PROCESSING, recipient -> recipient.processing().getClass())
          .with(JOBS, recipient -> jobs(recipient.processing()))
          .with(ORDER, recipient -> recipient.processing().order())
          .with(TIMEOUT, Recipient::timeout)
          .with(AcknowledgementParser.SETTING, Recipient::acknowledge)
          .with(EXHAUSTED, recipient -> stops(recipient.processing()))
          .with(BacklogLimitParser.SETTING, Recipient::backlog)
          .with(CircuitBreakerParser.SETTING, Recipient::breakerConfig)
          .with(RetryPolicyParser.SETTING, Recipient::retry)
          .with(ALLOW, Recipient::allow)
          .with(TlsParser.SETTING, Recipient::tls)
          .with(FORMAT, Recipient::format)
          .with(BodyKeys.MAX_BODY, recipient -> recipient.request().maxBody())
          .with(BodyKeys.INTEGERS, recipient -> recipient.request().integers())
          .with(BatchParser.SETTING, recipient -> recipient.request().batch())
          .with(BodyKeys.UNCHANGED, recipient -> recipient.request().unchanged())
          .with(NOT_FROM, Recipient::notFrom)
          .with(START, Recipient::start)
          .with(SubscriptionParser.SETTING, Recipient::subscriptions);

  private final ForAll forAll;
  private final ParseSession session;

  /**
   * What {@code rowhook.yaml} says of every recipient.
   *
   * @param allowed networks, beside those that its own file allows
   * @param proxy where its own file names none
   */
  public record ForAll(List<CidrBlock> allowed, Optional<HttpProxy> proxy) {

    public ForAll {
      allowed = List.copyOf(allowed);
    }
  }

  private RecipientFileReader(ForAll forAll, ParseSession session) {
    this.forAll = forAll;
    this.session = session;
  }

  /** The recipient; what is wrong is reported, and without a usable URL there is none. */
  static Optional<Recipient> read(
      Path file,
      String name,
      EntityNames entities,
      TemplateNames sets,
      ForAll forAll,
      ParseSession session) {
    return Yaml.read(file, session)
        .flatMap(fields ->
            new RecipientFileReader(forAll, session).recipient(name, fields, entities, sets));
  }

  private Optional<Recipient> recipient(
      String name, Fields fields, EntityNames entities, TemplateNames sets) {
    fields.check(OBJECT);
    EgressPolicy allow = allow(fields.read(ALLOW));
    Optional<URI> url = fields.read(URL, RecipientValueParsers.url(allow.http()));
    DeliveryMode processing = processing(fields);
    Duration timeout = fields.readOrDefault(TIMEOUT);
    AcknowledgementRule acknowledge = AcknowledgementParser.read(fields);
    RetryPolicy retry = RetryPolicyParser.read(fields);
    CircuitBreakerConfig breakerConfig = CircuitBreakerParser.read(fields);
    BacklogLimit backlog = BacklogLimitParser.read(fields);
    TlsConfig tls = TlsParser.read(fields, session);
    BodyFormat format = fields.readOrDefault(FORMAT);
    var authentication = AuthenticationParser.read(fields, allow.http(), session);
    RequestOptions request = RequestOptionsParser.read(fields, authentication, format, session);
    ConnectionOptions connection = ConnectionParser.read(fields, forAll.proxy());
    Set<String> notFrom = notFrom(fields);
    List<Subscription> subscriptions =
        SubscriptionParser.read(fields, name, entities, sets, session);
    BatchParser.check(fields, request, subscriptions);
    Start start = start(fields, subscriptions);
    return url.map(u ->
        new Recipient(
            name,
            u,
            authentication,
            processing,
            timeout,
            acknowledge,
            retry,
            breakerConfig,
            backlog,
            allow,
            tls,
            format,
            request,
            connection,
            notFrom,
            start,
            subscriptions));
  }

  private static Set<String> notFrom(Fields fields) {
    if (fields.hasEmptyList(NOT_FROM)) {
      fields.problem(
          NOT_FROM, "not-from is an empty list. Name whose changes are not sent, or take it out.");
    }
    return Set.copyOf(fields.read(NOT_FROM).orElse(List.of()));
  }

  private static Start start(Fields fields, List<Subscription> subscriptions) {
    Start start = fields.readOrDefault(START);
    if (start == Start.snapshot && subscriptions.stream().noneMatch(Subscription::wantsSnapshots)) {
      fields.problem(
          START,
          "start: snapshot needs a subscription that wants Snapshots, and there is none. Write to"
              + " the subscription of each entity that is to be sent, which must be without"
              + " changed: events: [Created, Updated, Deleted, Snapshot]");
    }
    return start;
  }

  private EgressPolicy allow(Optional<Fields> own) {
    List<CidrBlock> networks = new ArrayList<>(forAll.allowed());
    own.map(fields -> fields.readOrDefault(NETWORKS)).ifPresent(networks::addAll);
    return new EgressPolicy(own.map(fields -> fields.readOrDefault(HTTP)).orElse(false), networks);
  }

  private static DeliveryMode processing(Fields fields) {
    Mode mode = fields.readOrDefault(PROCESSING);
    Optional<Integer> jobs = fields.read(JOBS);
    DeliveryOrder order = fields.readOrDefault(ORDER);
    boolean stops = fields.readOrDefault(EXHAUSTED) == Exhausted.STOP;
    if (mode == Mode.sequential) {
      if (fields.get(JOBS).isPresent()) {
        fields.problem(
            JOBS,
            "jobs is for processing: parallel only; sequential has always one."
                + " Take it out, or write processing: parallel.");
      }
      if (order == DeliveryOrder.references) {
        fields.problem(
            ORDER,
            "order: references is for processing: parallel only; sequential sends everything in"
                + " commit order anyway. Take it out, or write processing: parallel.");
      }
      return new DeliveryMode.Sequential(stops);
    }
    if (stops) {
      fields.problem(
          EXHAUSTED,
          "exhausted: stop is for processing: sequential only; in parallel the other"
              + " entities go on anyway. Take it out, or write processing:"
              + " sequential.");
    }
    return new DeliveryMode.Parallel(jobs.orElse(DeliveryMode.DEFAULT.jobs()), order);
  }

  /** As its file says it, or would; one at a time is no number of jobs. */
  private static int jobs(DeliveryMode processing) {
    return processing instanceof DeliveryMode.Parallel parallel
        ? parallel.jobs()
        : DeliveryMode.DEFAULT.jobs();
  }

  private static boolean stops(DeliveryMode processing) {
    return processing instanceof DeliveryMode.Sequential sequential
        && sequential.stopsWhenExhausted();
  }

  private static Exhausted exhausted(String value) throws InvalidValueException {
    return switch (value) {
      case "stop" -> Exhausted.STOP;
      case "continue" -> Exhausted.CONTINUE;
      default ->
          throw InvalidValueException.because("must be continue or stop", "Write one of the two.");
    };
  }
}
