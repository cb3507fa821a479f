package io.rowhook.template;

import io.rowhook.journal.Journal;
import io.rowhook.journal.TemplateArchive;
import io.rowhook.template.jslt.JsltTemplate;
import io.rowhook.template.output.BuiltInTemplate;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The attribute sets of {@code jslt-templates/}, compiled, and the built-in ones. A change of the
 * files takes effect as a whole with {@link #replace}; each set is kept in the journal by its hash,
 * so that a retry renders as the first attempt did, whatever was edited since. Any thread.
 */
public final class TemplateRegistry implements TemplateLookup {

  private static final Logger LOG = LoggerFactory.getLogger(TemplateRegistry.class);

  /** Shared modules: imported, never sent by themselves. */
  private static final String LIBRARY = "lib/";

  /** Sets from before an edit, compiled again because a retry asked for them. */
  private static final int MAX_OLD_SETS = 100;

  private final Journal journal;
  private final Map<String, Template> old = new ConcurrentHashMap<>();
  private volatile Loaded loaded;

  /** Sets by the names of their files, every one of them compiled. */
  public record Loaded(Map<String, Template> sets) implements TemplateLookup {

    public Loaded {
      sets = Map.copyOf(sets);
    }

    @Override
    public Template current(String recipient, String entity, Optional<String> name)
        throws TemplateException {
      return find(this, recipient, entity, name);
    }

    @Override
    public Optional<Template> byHash(String hash) {
      return sets.values().stream().filter(set -> set.hash().equals(hash)).findFirst();
    }
  }

  public TemplateRegistry(Journal journal, Loaded loaded) {
    this.journal = journal;
    this.loaded = loaded;
    keep(loaded);
  }

  /**
   * What a directory holds, each file for itself.
   *
   * @param good every set that compiles
   * @param problems of the others a sentence by file, line and column; by the file's name in the
   *     directory, or by an empty name where that cannot be listed
   */
  public record Read(Loaded good, Map<String, String> problems) {}

  /** What the names of all files end with that a directory is read for. */
  public static final String EXTENSION = TemplateFiles.EXTENSION;

  /** Whether a file of the directory is a set by its name, and not a shared module or a note. */
  public static boolean isSet(String name) {
    return name.endsWith(TemplateFiles.EXTENSION) && !name.startsWith(LIBRARY);
  }

  /** Reads and compiles all files of a directory. */
  public static Read read(Path directory) {
    return read(directory, Map.of());
  }

  /**
   * The same with edits that are not on disk yet.
   *
   * @param edits by path inside the directory what the file would hold; empty: it would be gone
   */
  public static Read read(Path directory, Map<String, Optional<String>> edits) {
    Map<String, Template> sets = new LinkedHashMap<>();
    Map<String, String> problems = new TreeMap<>();
    try {
      TemplateFiles files = TemplateFiles.read(directory).with(edits);
      problems.putAll(files.problems());
      for (String name : files.sources().keySet()) {
        if (!isSet(name)) {
          continue;
        }
        try {
          sets.put(name, JsltTemplate.compile(name, files.sources()));
        } catch (TemplateException e) {
          problems.put(name, String.valueOf(e.getMessage()));
        }
      }
    } catch (TemplateException e) {
      problems.put("", String.valueOf(e.getMessage()));
    }
    return new Read(new Loaded(sets), problems);
  }

  /**
   * The same, where all have to be good.
   *
   * @throws TemplateErrorsException with every problem found
   */
  public static Loaded load(Path directory) throws TemplateErrorsException {
    Read read = read(directory);
    if (!read.problems().isEmpty()) {
      throw new TemplateErrorsException(List.copyOf(read.problems().values()));
    }
    return read.good();
  }

  /** Puts other sets in force, from the next event on. */
  public void replace(Loaded next) {
    keep(next);
    loaded = next;
    Set<String> hashes =
        next.sets().values().stream().map(Template::hash).collect(Collectors.toSet());
    TemplateExecutor.SHARED.releaseQuarantined(
        one -> !Condition.isKey(one.key()) && !hashes.contains(one.key()));
  }

  private void keep(Loaded next) {
    Set<String> hashes = new HashSet<>();
    for (Template set : next.sets().values()) {
      if (set instanceof JsltTemplate jslt) {
        journal.keepAttributeSet(jslt.hash(), jslt.name(), jslt.bundle());
        hashes.add(jslt.hash());
      }
    }
    journal.attributeSetsInForce(hashes);
  }

  /** The sets in force when Rowhook last ran with this journal; none where it never noted any. */
  public static Loaded lastInForce(TemplateArchive journal) {
    Map<String, Template> sets = new LinkedHashMap<>();
    for (String hash : journal.attributeSetsInForce()) {
      try {
        Optional<String> bundle = journal.attributeSet(hash);
        if (bundle.isPresent()) {
          JsltTemplate set = JsltTemplate.unbundle(bundle.get());
          sets.put(set.name(), set);
        }
      } catch (TemplateException e) {
        LOG.debug("attribute set {} compiles no longer", hash, e);
      }
    }
    return new Loaded(sets);
  }

  @Override
  public Template current(String recipient, String entity, Optional<String> name)
      throws TemplateException {
    return find(loaded, recipient, entity, name);
  }

  /** As {@link #current}, in sets that are not in force yet: for checking settings against them. */
  public static Template find(Loaded loaded, String recipient, String entity, Optional<String> name)
      throws TemplateException {
    String wanted = name.orElse(entity);
    String own = recipient + "/" + wanted + TemplateFiles.EXTENSION;
    String common = wanted + TemplateFiles.EXTENSION;
    Template set = loaded.sets().get(own);
    if (set == null) {
      set = loaded.sets().get(common);
    }
    if (set != null) {
      return set;
    }
    if (name.isEmpty()) {
      return BuiltInTemplate.full;
    }
    if (BuiltInTemplate.NAMES.contains(wanted)) {
      return BuiltInTemplate.valueOf(wanted);
    }
    throw new TemplateException(
        "there is no attribute set "
            + wanted
            + ": neither jslt-templates/"
            + own
            + " nor jslt-templates/"
            + common
            + ", and the built-in ones are "
            + String.join(" and ", BuiltInTemplate.NAMES));
  }

  @Override
  public Optional<Template> byHash(String hash) {
    for (BuiltInTemplate builtInTemplate : BuiltInTemplate.values()) {
      if (builtInTemplate.hash().equals(hash)) {
        return Optional.of(builtInTemplate);
      }
    }
    return loaded
        .byHash(hash)
        .or(() -> Optional.ofNullable(old.get(hash)))
        .or(() -> journal.attributeSet(hash).flatMap(bundle -> unbundled(hash, bundle)));
  }

  private Optional<Template> unbundled(String hash, String bundle) {
    try {
      Template set = JsltTemplate.unbundle(bundle);
      if (old.size() >= MAX_OLD_SETS) {
        old.clear(); // they are compiled again when asked for
      }
      old.put(hash, set);
      return Optional.of(set);
    } catch (TemplateException e) {
      return Optional.empty(); // it compiled once; if it does no longer, the current one has to do
    }
  }
}
