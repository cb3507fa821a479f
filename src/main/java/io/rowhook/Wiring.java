package io.rowhook;

/** To come. */
final class Wiring {
  private Wiring() {}
}
