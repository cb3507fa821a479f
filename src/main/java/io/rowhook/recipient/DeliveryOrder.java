package io.rowhook.recipient;

/** What one delivery waits for in parallel processing. */
public enum DeliveryOrder {
  /** For those before it of its entity. */
  entity,
  /**
   * Also for those before it of each entity that it names, as an order names its customer; and one
   * that says that an entity is deleted for all before it that name the entity.
   */
  references
}
