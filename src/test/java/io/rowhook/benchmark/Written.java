package io.rowhook.benchmark;

/**
 * What a load has written.
 *
 * @param began microseconds since 1970, before the first statement
 * @param ended after the last commit
 * @param firstId of the rows, which are numbered without gaps
 * @param states of each row, how many it has had; its deletion is one
 */
record Written(long began, long ended, long firstId, int[] states) {

  int events() {
    int sum = 0;
    for (int count : states) {
      sum += count;
    }
    return sum;
  }
}
