package io.rowhook;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;

/**
 * The law of the rooms, checked over compiled classes with the JDK's own {@code jdeps}: a room uses
 * only rooms before it, and each outside library stays in its room. Inside a room, sub-packages
 * show its parts: other rooms use only what stands at a room's top, its entrance and its ports, and
 * no two sub-packages use each other.
 */
final class Law {

  private static final String ROOT = "io.rowhook";

  /** A room may use itself and those before it. The top may use all, and is used by itself only. */
  private static final List<String> ROOMS =
      List.of("base", "capture", "entity", "journal", "recipient", "template", "webhook");

  private static final Set<String> TOP = Set.of("", "admin", "settings");

  /** Where each library may be used, by the packages it starts with. */
  private static final Map<String, Set<String>> LIBRARIES =
      Map.ofEntries(
          Map.entry("io.debezium.", Set.of("capture")),
          Map.entry("org.apache.kafka.", Set.of("capture", "journal")),
          Map.entry("org.postgresql.", Set.of("capture")),
          Map.entry("org.sqlite.", Set.of("journal")),
          Map.entry("com.schibsted.spt.data.jslt.", Set.of("template")),
          Map.entry("org.apache.hc.", Set.of("webhook")),
          Map.entry("picocli.", TOP),
          Map.entry("org.snakeyaml.engine.", Set.of("settings")),
          Map.entry("io.micrometer.", Set.of("admin")),
          Map.entry("io.prometheus.", Set.of("admin")),
          Map.entry("io.opentelemetry.", Set.of("admin")),
          Map.entry("ch.qos.logback.", Set.of("admin")),
          Map.entry("io.helidon.", Set.of("admin")));

  private static final List<String> SHARED =
      List.of(
          "com.fasterxml.jackson.databind.",
          "com.fasterxml.jackson.core.",
          "org.slf4j.",
          "org.jspecify.");

  /** {@code io.rowhook.Main -> java.lang.Object java.base}. */
  private static final Pattern DEPENDENCY = Pattern.compile("\\s+(\\S+)\\s+->\\s+(\\S+)\\s+(.+)");

  private final List<Use> uses;

  private Law(List<Use> uses) {
    this.uses = List.copyOf(uses);
  }

  /** Over these classes. */
  static Law over(Path classes) {
    return new Law(uses(classes));
  }

  /** Over others as well. */
  Law and(Path classes) {
    List<Use> all = new ArrayList<>(uses);
    all.addAll(uses(classes));
    return new Law(all);
  }

  /** Each breach, as a sentence that names both classes; sorted. */
  List<String> breaches() {
    Set<String> breaches = new TreeSet<>();
    for (Use use : uses) {
      if (use.to().startsWith(ROOT + ".")) {
        if (!mayUse(room(use.from()), room(use.to()))) {
          breaches.add(
              "%s (%s) uses %s (%s), which is not before it"
                  .formatted(use.from(), name(use.from()), use.to(), name(use.to())));
        } else if (!room(use.from()).equals(room(use.to()))
            && !part(use.to()).isEmpty()
            && !builds(use)) {
          breaches.add(
              "%s (%s) uses %s, which is inside %s"
                  .formatted(use.from(), name(use.from()), use.to(), name(use.to())));
        }
      } else if (!use.jdk() && !mayUseLibrary(use)) {
        breaches.add(
            "%s (%s) uses %s, a library that does not belong there"
                .formatted(use.from(), name(use.from()), use.to()));
      }
    }
    breaches.addAll(circles());
    return List.copyOf(breaches);
  }

  /**
   * Each two sub-packages of a room that use each other. The room's top may use all, and they it.
   */
  private List<String> circles() {
    Map<List<String>, Use> between = new HashMap<>();
    for (Use use : uses) {
      if (use.to().startsWith(ROOT + ".") && room(use.from()).equals(room(use.to()))) {
        String from = part(use.from());
        String to = part(use.to());
        if (!from.isEmpty() && !to.isEmpty() && !from.equals(to)) {
          between.put(List.of(room(use.from()), from, to), use);
        }
      }
    }
    List<String> circles = new ArrayList<>();
    between.forEach((way, use) -> {
      Use back = between.get(List.of(way.get(0), way.get(2), way.get(1)));
      if (back != null && way.get(1).compareTo(way.get(2)) < 0) {
        circles.add(
            "%s.%s and %s use each other: %s, and %s"
                .formatted(way.get(0), way.get(1), way.get(2), use.words(), back.words()));
      }
    });
    return circles;
  }

  /**
   * The root builds the flow by hand: it sees the parts of {@code admin}, which nobody else does.
   */
  private static boolean builds(Use use) {
    return room(use.from()).isEmpty() && room(use.to()).equals("admin");
  }

  /** How many uses of one class by another were looked at: an empty answer says nothing alone. */
  int size() {
    return uses.size();
  }

  private record Use(String from, String to, boolean jdk) {

    String words() {
      return from + " uses " + to;
    }
  }

  private static List<Use> uses(Path classes) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        ToolProvider.findFirst("jdeps")
            .orElseThrow()
            .run(new PrintWriter(out), new PrintWriter(err), "-v", classes.toString());
    if (status != 0) {
      throw new IllegalStateException("jdeps ended with " + status + ": " + out + err);
    }
    List<Use> uses = new ArrayList<>();
    out.toString()
        .lines()
        .map(DEPENDENCY::matcher)
        .filter(Matcher::matches)
        .filter(line -> line.group(1).startsWith(ROOT + "."))
        .forEach(line -> uses.add(new Use(line.group(1), line.group(2), isJdk(line.group(3)))));
    return uses;
  }

  /** The last column: a module of the JDK, a place, or "not found". */
  private static boolean isJdk(String place) {
    return place.startsWith("java.") || place.startsWith("jdk.") || place.startsWith("JDK ");
  }

  private static boolean mayUse(String from, String to) {
    if (TOP.contains(from)) {
      return true;
    }
    return !TOP.contains(to)
        && ROOMS.contains(from)
        && ROOMS.contains(to)
        && ROOMS.indexOf(to) <= ROOMS.indexOf(from);
  }

  private static boolean mayUseLibrary(Use use) {
    return SHARED.stream().anyMatch(use.to()::startsWith)
        || LIBRARIES.entrySet().stream()
            .anyMatch(library ->
                use.to().startsWith(library.getKey())
                    && library.getValue().contains(room(use.from())));
  }

  /** {@code journal} of {@code io.rowhook.journal.sqlite.Writer}; empty for the root. */
  private static String room(String className) {
    String inside = className.substring(ROOT.length() + 1);
    int dot = inside.indexOf('.');
    return dot < 0 ? "" : inside.substring(0, dot);
  }

  /** {@code sqlite} of {@code io.rowhook.journal.sqlite.Writer}; empty at a room's top. */
  private static String part(String className) {
    String inside = className.substring(ROOT.length() + 1);
    int first = inside.indexOf('.');
    int last = inside.lastIndexOf('.');
    return first == last ? "" : inside.substring(first + 1, last);
  }

  private static String name(String className) {
    String room = room(className);
    return room.isEmpty() ? "the root" : room;
  }
}
