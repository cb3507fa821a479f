package io.rowhook.admin.init;

import io.rowhook.capture.MissingGrant;
import io.rowhook.entity.EntityType;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What {@code rowhook init} proposes beside settings that are there: after an upgrade of the ERP,
 * say. Nothing is written.
 *
 * @param all what would be proposed without them
 * @param fresh what of it they do not name
 * @param grants the rights that the role lacks for what they name
 * @param file their entities
 * @param applied whether the rights are given by this command
 */
public record Additions(
    Draft all, Draft fresh, List<MissingGrant> grants, Path file, boolean applied) {

  /**
   * Prints it, as text to add and statements to run.
   *
   * @param entities that the settings name
   */
  public void print(List<EntityType> entities, PrintWriter out) {
    all.secretsIn(entities).forEach(secret -> out.println("A secret is sent. " + secret));
    if (!grants.isEmpty()) {
      grants(out);
    }
    if (fresh.choices().isEmpty()) {
      out.println(
          file
              + " names all tables that would be proposed; "
              + (grants.isEmpty() ? "nothing is new and " : "")
              + "nothing was written.");
      return;
    }
    out.println(
        "%d new: %s. Nothing was written. Add to %s:"
            .formatted(
                fresh.choices().size(),
                fresh.choices().stream().map(Draft.Choice::name).collect(Collectors.joining(", ")),
                file));
    out.println();
    out.println(fresh.entitiesToAdd());
    out.println("and have the tables' owner run:");
    out.println();
    out.println(fresh.setupToAdd());
  }

  private void grants(PrintWriter out) {
    out.println(
        "Role %s may not read columns of tables in which it looks rows up. Without the right, rows that"
                .formatted(grants.getFirst().role())
            + " are looked up lack them, and 'unavailable' names them. Exclude in "
            + file
            + " what nobody is to get; for the others "
            + (applied
                ? "this is run:"
                : "have the tables' owner run this, or run this command with --apply:"));
    out.println();
    grants.forEach(grant -> out.println(grant.statement()));
    out.println();
  }
}
