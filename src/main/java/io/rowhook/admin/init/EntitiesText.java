package io.rowhook.admin.init;

import io.rowhook.admin.init.Proposal.Entity;
import io.rowhook.admin.init.Proposal.Hide;
import io.rowhook.admin.init.Proposal.Part;
import io.rowhook.admin.init.Proposal.Reference;
import io.rowhook.capture.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A proposal as {@code entities.yaml}, with the reasons in comments. */
final class EntitiesText {

  private static final String HEAD =
      """
      # Which tables make which business entity, as rowhook init proposes it from the database's catalog.
      # Read it, and take out what nobody should get: only what is named here is captured.
      # The names are those that subscriptions use and recipients see: Order, topic order.updated.
      #
      # attributes.exclude   never captured, stored or sent. Passwords, tokens and the like, large binary values, and
      #                      who wrote a row and when, which would make an event of every save.
      # Lines with a question are about personal data. What is most private is excluded: take a column out of the list if
      # recipients may have it. How to reach somebody is sent: add a column to the list if they may not.
      # rowhook init, run again, proposes only tables whose name stands nowhere in this file, comments included.

      """;

  private static final String UNDECLARED = " # no foreign key declared";

  private final StringBuilder text = new StringBuilder();

  private EntitiesText() {}

  /** The whole file. */
  static String file(Proposal proposal) {
    EntitiesText text = new EntitiesText();
    text.text.append(HEAD);
    proposal.entities().forEach(text::entity);
    text.leftOut(proposal.leftOut());
    return text.text.toString();
  }

  /** Only entities, to be added to a file. */
  static String entities(Proposal proposal) {
    EntitiesText text = new EntitiesText();
    proposal.entities().forEach(text::entity);
    return text.text.toString();
  }

  private void entity(Entity entity) {
    line(0, "# " + entity.why());
    line(0, entity.name() + ":");
    line(2, "table: " + YamlText.of(entity.table().id()));
    if (!entity.id().isEmpty()) {
      line(2, "id: " + YamlText.of(entity.id()));
    }
    if (!entity.deleted().isEmpty()) {
      line(2, "deleted: " + YamlText.quoted(entity.deleted()) + " # arrives as Deleted");
    }
    hidden(2, entity.hidden());
    asked(2, entity.asked());
    notes(2, entity.notes());
    parts(2, entity.parts());
    references(2, entity.references());
    text.append('\n');
  }

  private void parts(int indent, List<Part> parts) {
    if (parts.isEmpty()) {
      return;
    }
    line(indent, "contains:");
    for (Part part : parts) {
      line(indent + 2, part.name() + ":");
      line(indent + 4, "table: " + YamlText.of(part.table().id()));
      line(indent + 4, "key: " + YamlText.of(part.key()) + (part.declared() ? "" : UNDECLARED));
      if (!part.to().isEmpty()) {
        line(indent + 4, "to: " + YamlText.of(part.to()));
      }
      if (!part.orderBy().isEmpty()) {
        line(indent + 4, "order-by: " + YamlText.of(part.orderBy()));
      }
      String there = Columns.there(part.table());
      if (!there.isEmpty()) {
        line(indent + 4, "where: " + YamlText.quoted(there) + " # deleted ones are no part");
      }
      hidden(indent + 4, part.hidden());
      asked(indent + 4, part.asked());
      notes(indent + 4, part.notes());
      parts(indent + 4, part.parts());
      references(indent + 4, part.references());
    }
  }

  private void references(int indent, List<Reference> references) {
    if (references.isEmpty()) {
      return;
    }
    line(indent, "refers:");
    references.forEach(reference ->
        line(
            indent + 2,
            YamlText.of(reference.name())
                + ": "
                + flow(reference)
                + (isDeclared(reference) ? "" : UNDECLARED)));
  }

  private static boolean isDeclared(Reference reference) {
    return reference.declared()
        && reference.references().stream().allMatch(EntitiesText::isDeclared);
  }

  private static String flow(Reference reference) {
    List<String> fields = new ArrayList<>();
    fields.add("table: " + YamlText.of(reference.table().id()));
    fields.add("key: " + YamlText.of(reference.key()));
    if (!reference.prefix().isEmpty()) {
      fields.add("prefix: " + YamlText.quoted(reference.prefix()));
    }
    if (!reference.to().isEmpty()) {
      fields.add("to: " + YamlText.of(reference.to()));
    }
    fields.add("attributes: " + YamlText.list(reference.attributes()));
    if (!reference.references().isEmpty()) {
      fields.add(
          "refers: { "
              + String.join(
                  ", ",
                  reference.references().stream()
                      .map(inner -> YamlText.of(inner.name()) + ": " + flow(inner))
                      .toList())
              + " }");
    }
    return "{ " + String.join(", ", fields) + " }";
  }

  private void hidden(int indent, List<Hide> hidden) {
    if (hidden.isEmpty()) {
      return;
    }
    List<String> personal =
        hidden.stream()
            .filter(hide -> hide.why() == Columns.Hidden.personal)
            .map(Hide::column)
            .toList();
    if (!personal.isEmpty()) {
      line(
          indent,
          "# Personal data; may a recipient have it? "
              + String.join(", ", personal).replaceAll("\\R", " "));
    }
    line(
        indent,
        "attributes: { exclude: "
            + YamlText.list(hidden.stream().map(Hide::column).toList())
            + " }");
  }

  private void notes(int indent, List<String> notes) {
    notes.forEach(
        note -> line(indent, "# " + note.replaceAll("\\R", " ") + ". They are sent as they are."));
  }

  private void asked(int indent, List<String> columns) {
    if (!columns.isEmpty()) {
      line(
          indent,
          "# Personal data, and sent; may every recipient have it? "
              + String.join(", ", columns).replaceAll("\\R", " "));
    }
  }

  private void leftOut(Map<TableId, String> leftOut) {
    if (leftOut.isEmpty()) {
      return;
    }
    line(0, "# Left out:");
    Map<String, List<String>> byReason = new TreeMap<>();
    leftOut.forEach((table, why) ->
        byReason.computeIfAbsent(why, _ -> new ArrayList<>()).add(table.toString()));
    byReason.forEach((why, tables) -> {
      line(0, "# " + why + ":");
      StringBuilder row = new StringBuilder("#  ");
      for (String table : tables) {
        if (row.length() + table.length() > 110) {
          line(0, row.toString());
          row = new StringBuilder("#  ");
        }
        row.append(' ').append(table.replaceAll("\\R", " "));
      }
      line(0, row.toString());
    });
  }

  private void line(int indent, String content) {
    text.repeat(' ', indent).append(content).append('\n');
  }
}
