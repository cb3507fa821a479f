package io.rowhook.testing;

import io.rowhook.entity.Event;
import io.rowhook.template.Template;
import io.rowhook.template.TemplateException;
import io.rowhook.template.TemplateLookup;
import io.rowhook.template.TemplateRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Attribute sets without JSLT: the body is the event, behind a mark that tells versions apart. */
public final class PlainSets implements TemplateLookup {

  private static final Template NOTIFY = builtInNotify();

  private final Map<String, Template> kept = new ConcurrentHashMap<>();
  private volatile Template current = full("full");

  public PlainSets() {
    replace("full");
  }

  /** From now on bodies are made by another version; {@code full} is the event itself. */
  public void replace(String version) {
    use(full(version));
  }

  /** From now on events are rendered so; a null of the function is a TemplateException. */
  public void use(Template set) {
    kept.put(set.hash(), set);
    current = set;
  }

  /** As if a version had never been kept. */
  public void forget(String version) {
    kept.remove("hash-" + version);
  }

  @Override
  public Template current(String recipient, String entity, Optional<String> name)
      throws TemplateException {
    if (name.isPresent()) {
      throw new TemplateException("there is no attribute set '" + name.get() + "'");
    }
    return current;
  }

  @Override
  public Optional<Template> byHash(String hash) {
    if (hash.equals(NOTIFY.hash())) {
      return Optional.of(NOTIFY);
    }
    return Optional.ofNullable(kept.get(hash));
  }

  private static Template full(String version) {
    return set(
        version,
        event ->
            version.equals("full")
                ? event.json()
                : (version + " " + event.id()).getBytes(StandardCharsets.UTF_8));
  }

  /** A set by its function, which may throw. */
  public static Template set(String name, Function<Event, byte[]> function) {
    return new Template() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public String hash() {
        return "hash-" + name;
      }

      @Override
      public byte[] render(Event event) throws TemplateException {
        try {
          return function.apply(event);
        } catch (IllegalArgumentException e) {
          throw new TemplateException(String.valueOf(e.getMessage()));
        }
      }
    };
  }

  private static Template builtInNotify() {
    try {
      return TemplateRegistry.find(
          new TemplateRegistry.Loaded(Map.of()), "any", "Order", Optional.of("notify"));
    } catch (TemplateException e) {
      throw new IllegalStateException(e);
    }
  }
}
