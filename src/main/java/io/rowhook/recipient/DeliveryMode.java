package io.rowhook.recipient;

/**
 * How many of a recipient's deliveries may be in flight at once (as Actindo has it: sequential or
 * parallel).
 */
public sealed interface DeliveryMode {

  /**
   * One at a time, all events in commit order; a failing delivery blocks until it is settled.
   *
   * @param stopsWhenExhausted whether one whose retries are used up stops the recipient until a
   *     person decides; otherwise the next one goes out
   */
  record Sequential(boolean stopsWhenExhausted) implements DeliveryMode {

    /** One that goes on. */
    public Sequential() {
      this(false);
    }

    @Override
    public int jobs() {
      return 1;
    }

    @Override
    public DeliveryOrder order() {
      return DeliveryOrder.entity; // everything waits for everything before it
    }
  }

  /**
   * Up to {@code jobs} at a time, but never two of one entity; later events of an entity wait
   * behind its failing one, all others go on.
   *
   * @param order whether they also wait for what they name
   */
  record Parallel(int jobs, DeliveryOrder order) implements DeliveryMode {

    /** Each entity for itself. */
    public Parallel(int jobs) {
      this(jobs, DeliveryOrder.entity);
    }

    public Parallel {
      if (jobs < 1 || jobs > MAX_JOBS) {
        throw new IllegalArgumentException("jobs must be from 1 to " + MAX_JOBS + ", got: " + jobs);
      }
    }
  }

  /** How many may be in flight at once. */
  int jobs();

  /** What one waits for. */
  DeliveryOrder order();

  int MAX_JOBS = 1000;
  DeliveryMode DEFAULT = new Parallel(4);
}
