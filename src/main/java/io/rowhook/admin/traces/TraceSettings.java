package io.rowhook.admin.traces;

import java.io.File;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What the environment says of traces, by OpenTelemetry's own variables. Looks at those whose
 * values Rowhook restricts; all others are the library's to judge. Knows no class of it.
 *
 * @param values those that are set, by name
 */
record TraceSettings(Map<String, String> values) {

  private static final String PREFIX = "OTEL_";
  private static final String EXPORTER = "OTEL_TRACES_EXPORTER";
  private static final String PROTOCOL = "OTEL_EXPORTER_OTLP_PROTOCOL";
  private static final String DISABLED = "OTEL_SDK_DISABLED";
  private static final String TRACES_PROTOCOL = "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL";
  private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
  private static final String TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
  private static final String SAMPLER = "OTEL_TRACES_SAMPLER";
  private static final String SAMPLER_ARGUMENT = "OTEL_TRACES_SAMPLER_ARG";

  private static final List<String> SAMPLERS =
      List.of(
          "always_on",
          "always_off",
          "traceidratio",
          "parentbased_always_on",
          "parentbased_always_off",
          "parentbased_traceidratio");

  private static final Predicate<String> TIME =
      Pattern.compile("\\d{1,9} ?(ms|s|m|h|d)?").asMatchPredicate();
  private static final Predicate<String> COUNT =
      Pattern.compile("[1-9]\\d{0,8}").asMatchPredicate();

  /** What a variable must be, of those that only the library or nobody would refuse. */
  private record Rule(String name, String must, Predicate<String> holds) {}

  private static final List<Rule> RULES =
      List.of(
          new Rule(EXPORTER, "be 'otlp' or 'none'", "otlp"::equals),
          protocol(PROTOCOL),
          protocol(TRACES_PROTOCOL),
          endpoint(ENDPOINT),
          endpoint(TRACES_ENDPOINT),
          new Rule(SAMPLER, "be one of " + String.join(", ", SAMPLERS), SAMPLERS::contains),
          new Rule(
              "OTEL_PROPAGATORS",
              "be 'tracecontext', 'baggage' or both, or 'none'",
              value -> List.of("tracecontext", "baggage", "none").containsAll(words(value))),
          compression("OTEL_EXPORTER_OTLP_COMPRESSION"),
          compression("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION"),
          file("OTEL_EXPORTER_OTLP_CERTIFICATE"),
          file("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE"),
          file("OTEL_EXPORTER_OTLP_CLIENT_KEY"),
          file("OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY"),
          file("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"),
          file("OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE"),
          time("OTEL_EXPORTER_OTLP_TIMEOUT"),
          time("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"),
          time("OTEL_BSP_SCHEDULE_DELAY"),
          time("OTEL_BSP_EXPORT_TIMEOUT"),
          count("OTEL_BSP_MAX_QUEUE_SIZE"),
          count("OTEL_BSP_MAX_EXPORT_BATCH_SIZE"),
          count("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT"),
          count("OTEL_SPAN_LINK_COUNT_LIMIT"));

  private static Rule protocol(String name) {
    return new Rule(
        name,
        "be 'http/protobuf', whose port is 4318 as a rule: no other protocol is spoken",
        "http/protobuf"::equals);
  }

  private static Rule endpoint(String name) {
    return new Rule(name, "be a URL that begins with http:// or https://", TraceSettings::isUrl);
  }

  private static Rule compression(String name) {
    return new Rule(name, "be 'gzip' or 'none'", List.of("gzip", "none")::contains);
  }

  private static Rule file(String name) {
    return new Rule(name, "be a file that can be read", value -> new File(value).canRead());
  }

  private static Rule time(String name) {
    return new Rule(name, "be a number of milliseconds", TIME);
  }

  private static Rule count(String name) {
    return new Rule(name, "be a whole number from 1", COUNT);
  }

  static TraceSettings read(Map<String, String> env) {
    Map<String, String> values = new HashMap<>();
    env.forEach((name, value) -> {
      if (name.startsWith(PREFIX) && !value.isBlank()) { // an empty one is as if it were not set
        values.put(name, value.strip());
      }
    });
    return new TraceSettings(Map.copyOf(values));
  }

  /** Whether traces are asked for: by the exporter's name, or without it by an address. */
  boolean on() {
    if (values.getOrDefault(DISABLED, "false").equalsIgnoreCase("true")) {
      return false;
    }
    String exporter = values.get(EXPORTER);
    return exporter == null
        ? values.containsKey(ENDPOINT) || values.containsKey(TRACES_ENDPOINT)
        : !exporter.equals("none");
  }

  /** Whether requests carry a {@code traceparent}. */
  boolean propagates() {
    return words(values.getOrDefault("OTEL_PROPAGATORS", "tracecontext")).contains("tracecontext");
  }

  /** Each as a sentence that names the variable, the rule and the value; none where it is off. */
  List<String> problems() {
    if (!on()) {
      return List.of();
    }
    List<String> problems = new ArrayList<>();
    for (Rule rule : RULES) {
      String value = values.get(rule.name());
      if (value != null && !rule.holds().test(value)) {
        problems.add(problem(rule.name(), rule.must(), value));
      }
    }
    String ratio = values.get(SAMPLER_ARGUMENT);
    if (ratio != null && shownSampler().endsWith("traceidratio") && !isRatio(ratio)) {
      problems.add(problem(SAMPLER_ARGUMENT, "be a number from 0 to 1", ratio));
    }
    return problems;
  }

  private static String problem(String name, String must, String value) {
    return "%s must %s, not '%s'".formatted(name, must, withoutUser(value));
  }

  private static boolean isUrl(String value) {
    try {
      URI url = URI.create(value);
      String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
      return (scheme.equals("http") || scheme.equals("https")) && url.getHost() != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isRatio(String value) {
    try {
      double ratio = Double.parseDouble(value);
      return ratio >= 0 && ratio <= 1;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** Where spans go to, as it may be shown. */
  String shownEndpoint() {
    String own = values.get(TRACES_ENDPOINT);
    if (own != null) {
      return withoutUser(own);
    }
    String base = values.getOrDefault(ENDPOINT, "http://localhost:4318");
    return withoutUser(base) + (base.endsWith("/") ? "" : "/") + "v1/traces";
  }

  String shownSampler() {
    return values.getOrDefault(SAMPLER, "parentbased_always_on");
  }

  private static List<String> words(String list) {
    return Arrays.stream(list.split(",", -1)).map(String::strip).toList();
  }

  /** A URL may hold a password, and a token in its query. */
  private static String withoutUser(String url) {
    return url.replaceFirst("//[^/]*@", "//***@").replaceFirst("\\?.*", "?***");
  }

  /**
   * The same as the library's properties, so that what this process was given is what is read. No
   * metrics and logs: Rowhook has its own.
   */
  Map<String, String> properties() {
    Map<String, String> properties = new HashMap<>();
    properties.put(property(PROTOCOL), "http/protobuf");
    values.forEach((name, value) -> properties.put(property(name), value));
    properties.put(property(EXPORTER), "otlp");
    properties.put("otel.metrics.exporter", "none");
    properties.put("otel.logs.exporter", "none");
    properties.put("otel.propagators", "none"); // the header is made here
    return properties;
  }

  /** {@code otel.bsp.max.queue.size} is {@code OTEL_BSP_MAX_QUEUE_SIZE}. */
  private static String property(String variable) {
    return variable.toLowerCase(Locale.ROOT).replace('_', '.');
  }
}
