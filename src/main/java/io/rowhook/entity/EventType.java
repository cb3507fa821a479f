package io.rowhook.entity;

/**
 * What happened to an entity. The names are those that recipients see ({@code docs/templates.md}).
 */
public enum EventType {
  Created,
  Updated,
  Deleted
}
