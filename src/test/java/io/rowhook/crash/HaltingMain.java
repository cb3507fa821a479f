package io.rowhook.crash;

/** {@code rowhook run}, halting itself where {@link HaltPoint#VARIABLE} says. To be wired. */
final class HaltingMain {
  private HaltingMain() {}
}
