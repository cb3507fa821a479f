package io.rowhook.template;

import java.util.Optional;

/** The attribute sets in force. Any thread. */
public interface TemplateLookup {

  /**
   * The set that a subscription names, else the default for the entity: {@code
   * <recipient>/<Entity>.jslt}, then {@code <Entity>.jslt}, then built-in {@code full}.
   *
   * @param name as in the subscription: {@code <recipient>/<name>.jslt}, then {@code <name>.jslt},
   *     then built-in
   * @throws TemplateException if there is none of that name
   */
  Template current(String recipient, String entity, Optional<String> name) throws TemplateException;

  /** A set that was in force once, by its hash; empty if it was never kept. */
  Optional<Template> byHash(String hash);
}
