package io.rowhook.benchmark;

/**
 * What a load has written.
 *
 * @param began microseconds since 1970, before the first statement
 * @param ended after the last commit
 * @param firstId of the rows, which are numbered without gaps
 * @param rows how many
 * @param states how many each of them has had; its deletion is one
 */
record Written(long began, long ended, long firstId, int rows, int states) {

  int events() {
    return rows * states;
  }
}
