package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.rowhook.admin.api.Schemas.Anything;
import io.rowhook.admin.api.Schemas.Decimal;
import io.rowhook.admin.api.Schemas.Described;
import io.rowhook.admin.api.Schemas.Example;
import io.rowhook.admin.api.Schemas.Flag;
import io.rowhook.admin.api.Schemas.ListOf;
import io.rowhook.admin.api.Schemas.MapOf;
import io.rowhook.admin.api.Schemas.Named;
import io.rowhook.admin.api.Schemas.OrNull;
import io.rowhook.admin.api.Schemas.Whole;
import java.util.List;
import java.util.Map;

/**
 * What a value must be, stated once: what comes in is held against it, and the document of the API
 * is made of it. Immutable.
 */
public sealed interface Schema
    permits Anything,
        Decimal,
        Described,
        Example,
        Flag,
        ListOf,
        MapOf,
        Named,
        ObjectSchema,
        OrNull,
        TextSchema,
        Whole {

  /**
   * Returns it as JSON Schema, 2020-12.
   *
   * @param components gets those that have a name
   */
  ObjectNode json(Map<String, ObjectNode> components);

  /**
   * Adds what is wrong with a value.
   *
   * @param place where it stands, as {@link FieldError} has it
   */
  void check(JsonNode value, String place, List<FieldError> wrong);

  /**
   * Returns a parameter's text as JSON; as a text where it is no such thing, for {@link #check} to
   * refuse.
   */
  default JsonNode parse(String text) {
    return TextNode.valueOf(text);
  }

  /** The schema itself, without what is only said about it. */
  default Schema bare() {
    return this;
  }

  /** The same with a sentence on what it means; Markdown, no full stop at the end. */
  default Schema about(String words) {
    return new Described(this, words);
  }

  /** The same with an example. */
  default Schema example(String value) {
    return new Example(this, value);
  }

  /** The same, or null. */
  default Schema orNull() {
    return new OrNull(this);
  }

  /** Any text. */
  static Schema text() {
    return new TextSchema(0, Integer.MAX_VALUE, "", "", List.of());
  }

  /** A text of so many characters. */
  static Schema text(int min, int max) {
    return new TextSchema(min, max, "", "", List.of());
  }

  /** A text of at most so many characters that a regular expression finds itself in. */
  static Schema text(String pattern, int max) {
    return new TextSchema(1, max, pattern, "", List.of());
  }

  /** One of these. */
  static Schema oneOf(List<String> choices) {
    return new TextSchema(0, Integer.MAX_VALUE, "", "", choices);
  }

  /** A moment: {@code 2026-05-24T15:20:44Z}. */
  static Schema time() {
    return new TextSchema(0, Integer.MAX_VALUE, "", TextSchema.TIME, List.of());
  }

  /** A whole number within limits, both included. */
  static Schema whole(long min, long max) {
    return new Whole(min, max);
  }

  /** A whole number from zero. */
  static Schema count() {
    return new Whole(0, Long.MAX_VALUE);
  }

  /** Any number. */
  static Schema decimal() {
    return new Decimal();
  }

  /** {@code true} or {@code false}. */
  static Schema flag() {
    return new Flag();
  }

  /** Any value at all. */
  static Schema anything() {
    return new Anything();
  }

  /** Any number of these. */
  static Schema list(Schema item) {
    return new ListOf(item, Integer.MAX_VALUE);
  }

  /** At most so many of these. */
  static Schema list(Schema item, int max) {
    return new ListOf(item, max);
  }

  /** An object whose names are free. */
  static Schema map(Schema value) {
    return new MapOf(value);
  }

  /** An object, without members yet; it may have others in later versions. */
  static ObjectSchema fields() {
    return new ObjectSchema(List.of(), false);
  }

  /** An object, without members yet; others are refused. */
  static ObjectSchema closed() {
    return new ObjectSchema(List.of(), true);
  }

  /** The same under a name of its own in the document. */
  static Schema named(String name, Schema schema) {
    return new Named(name, schema);
  }
}
