package io.rowhook.admin.api;

import java.util.List;
import java.util.stream.Stream;

/**
 * All that the API does. Whoever adds an operation adds it here; routing, checks, document and
 * tests follow from it.
 */
public final class Operations {

  /**
   * What operations are about, in the order of the document.
   *
   * @param about in one line
   */
  record Tag(String name, String about) {}

  static final List<Tag> TAGS =
      List.of(
          new Tag("Service", "The service as a whole"),
          new Tag("Recipients", "Who is sent webhooks"),
          new Tag("Entities", "Which tables make which entity"),
          new Tag("Templates", "What recipients are sent: the attribute sets"),
          new Tag("Deliveries", "One event for one recipient, and what became of it"),
          new Tag("Events", "What happened to entities, as the journal has it"),
          new Tag("Resyncs", "Bringing one recipient up to date"),
          new Tag("Audits", "Holding what recipients have against what the source has"),
          new Tag("What-ifs", "What edits would have done to events that were"));

  /** In the order of the document. */
  public static final List<Operation> ALL =
      Stream.of(
              ServiceOperations.ALL,
              HistoryOperations.ALL,
              SettingsOperations.ALL,
              AuditLogOperations.ALL,
              EditOperations.ALL,
              RecipientOperations.ALL,
              DeliveryOperations.ALL,
              EventOperations.ALL,
              EventSearchOperations.ALL,
              GoldenOperations.ALL,
              MappingOperations.ALL,
              ErasureOperations.ALL,
              ResyncOperations.ALL,
              AuditOperations.ALL,
              WhatIfOperations.ALL)
          .flatMap(List::stream)
          .toList();

  private Operations() {}
}
