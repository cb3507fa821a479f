package io.rowhook.webhook;

/**
 * One header of a request: made by {@link Signer} and {@link Headers}, written by {@link Sender}.
 */
public record Field(String name, String value) {

  @Override
  public String toString() {
    return name; // a value may be a credential
  }
}
