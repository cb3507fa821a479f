package io.rowhook.admin.health;

/** Says how well all of it does. Any thread; answers at once, whatever has come to a stop. */
public interface Health {

  /** As of the last second: for probes, however many there are. */
  HealthReport report();

  /** At this moment: for a person who has just done something about it. */
  default HealthReport look() {
    return report();
  }
}
