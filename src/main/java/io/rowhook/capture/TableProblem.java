package io.rowhook.capture;

/**
 * Why one table cannot be captured, or not be looked up in; the others can.
 *
 * @param table the table at fault: a captured one, or one that references read
 * @param suspends whether its row changes cannot be told as they must; otherwise only what is
 *     looked up in it is unavailable
 * @param place the setting that asks for it, or the file of the source's
 * @param what a whole sentence, with what mends it
 */
public record TableProblem(TableId table, boolean suspends, String place, String what) {

  /** The sentence with its place. */
  public String text() {
    return place + ": " + what;
  }
}
