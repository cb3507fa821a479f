package io.rowhook;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The law's second half: what is particular to PostgreSQL is known in {@code capture} alone, so
 * that another of Debezium's sources is that room's work. Looks at the rooms after it, at what
 * their sources say in names and in SQL; comments, and sentences for users, may speak of
 * PostgreSQL.
 */
final class SourceWords {

  private static final Set<String> ROOMS =
      Set.of("entity", "journal", "recipient", "template", "webhook");

  /** Older journals have had these words; their migrations go on saying them. */
  private static final Set<String> MIGRATIONS =
      Set.of("FirstVersion.java", "SchemaMigrations.java", "OpaqueSource.java");

  private static final Set<String> FORBIDDEN =
      Set.of("lsn", "xid", "oid", "oids", "slot", "slots", "timeline", "replica", "replication");

  private static final Set<String> FORBIDDEN_PAIRS =
      Set.of("system identifier", "wal level", "wal status", "published tables");

  /** A text block or text, or a comment: whichever begins first. */
  private static final Pattern TEXT_OR_COMMENT =
      Pattern.compile(
          "\"\"\".*?\"\"\"|\"(?:[^\"\\\\\n]|\\\\.)*\"|/\\*.*?\\*/|//[^\n]*", Pattern.DOTALL);

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** Between the words of a name: {@code systemIdentifier}, {@code system_identifier}. */
  private static final Pattern INSIDE =
      Pattern.compile("_+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");

  private SourceWords() {}

  /** Each breach under a directory of sources, as a sentence; in the order of the files. */
  static List<String> breaches(Path sources) throws IOException {
    List<String> breaches = new ArrayList<>();
    for (Path file : Sources.under(sources)) {
      String room = sources.resolve("io/rowhook").relativize(file).getName(0).toString();
      if (ROOMS.contains(room) && !MIGRATIONS.contains(file.getFileName().toString())) {
        for (String word : words(Files.readString(file))) {
          breaches.add(
              "%s/%s says '%s', which only capture may know"
                  .formatted(room, file.getFileName(), word));
        }
      }
    }
    return breaches;
  }

  private static List<String> words(String source) {
    StringBuilder looked = new StringBuilder();
    Matcher part = TEXT_OR_COMMENT.matcher(source);
    int from = 0;
    while (part.find()) {
      looked.append(source, from, part.start()).append(' ');
      if (part.group().startsWith("\"") && isNoSentence(part.group())) {
        looked.append(part.group());
      }
      from = part.end();
    }
    looked.append(source.substring(from));
    List<String> found = new ArrayList<>();
    Matcher name = NAME.matcher(looked);
    while (name.find()) {
      List<String> words = INSIDE.splitAsStream(name.group()).toList();
      for (int i = 0; i < words.size(); i++) {
        String word = words.get(i).toLowerCase(java.util.Locale.ROOT);
        String pair =
            i + 1 < words.size()
                ? word + " " + words.get(i + 1).toLowerCase(java.util.Locale.ROOT)
                : "";
        if (FORBIDDEN.contains(word) || FORBIDDEN_PAIRS.contains(pair) || word.equals("pg")) {
          found.add(name.group());
          break;
        }
      }
    }
    return found;
  }

  /** SQL of the journal, keys and single names; not what a person reads. */
  private static boolean isNoSentence(String text) {
    return !text.contains("REPLICA IDENTITY");
  }
}
