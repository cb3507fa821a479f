package io.rowhook.entity;

/**
 * What happened to an entity. The names are those that recipients see ({@code wire.md}; seed 002).
 */
public enum EventType {
  Created,
  Updated,
  Deleted
}
