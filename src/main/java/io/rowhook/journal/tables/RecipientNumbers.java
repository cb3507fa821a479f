package io.rowhook.journal.tables;

/**
 * How recipients are numbered, so that the number tells the partition that a recipient's deliveries
 * stand in, and processes that serve different partitions never give the same one.
 *
 * @param partitions how many there are; 1 where one process serves all
 */
public record RecipientNumbers(int partitions) {

  /** Where one process serves all. */
  public static final RecipientNumbers ALONE = new RecipientNumbers(1);

  /** The partition of a recipient, by its name. It never changes. */
  public int partition(String name) {
    return Math.floorMod(name.hashCode(), partitions);
  }

  /** The partition of a recipient, by its number. */
  public int partition(long number) {
    return Math.floorMod(number, partitions);
  }

  /** The number after the highest that was given in a partition; 0: none was. */
  long next(int partition, long highest) {
    if (highest > 0) {
      return highest + partitions;
    }
    return partition == 0 ? partitions : partition;
  }
}
