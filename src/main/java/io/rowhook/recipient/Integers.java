package io.rowhook.recipient;

/** How integers beyond 2^53 are written in a recipient's JSON bodies. All others are numbers. */
public enum Integers {
  /** As numbers, exact. */
  number,
  /** As text, for a parser that makes doubles of numbers. */
  text
}
