package io.rowhook;

/** To come. */
final class Main {
  private Main() {}
}
