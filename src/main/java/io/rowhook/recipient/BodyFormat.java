package io.rowhook.recipient;

/**
 * What bodies are written in ({@code docs/templates.md}, "XML"): the same tree as JSON or as XML.
 */
public enum BodyFormat {
  json("application/json"),
  xml("application/xml; charset=UTF-8");

  private final String contentType;

  BodyFormat(String contentType) {
    this.contentType = contentType;
  }

  /** The header's value. */
  public String contentType() {
    return contentType;
  }
}
