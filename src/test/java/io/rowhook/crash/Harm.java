package io.rowhook.crash;

import java.util.Locale;

/** What is done to instances that share a journal, and to the Kafka that it is in. */
enum Harm {
  /** SIGKILL of any instance. */
  INSTANCE_KILLED,
  /** SIGKILL of the one that captures. */
  CAPTURING_KILLED,
  /** SIGKILL of all of them at once. */
  ALL_KILLED,
  /** SIGKILL of one while a broker is down. */
  KILLED_WITH_BROKER,
  /** SIGSTOP of any for longer than its session. */
  INSTANCE_FROZEN,
  /** The same of the one that captures. */
  CAPTURING_FROZEN,
  /** An orderly stop of one that was stopped where it was, and may not know what it has lost. */
  STOPPED_ONCE_THAWED,
  /** An orderly stop. */
  INSTANCE_STOPPED,
  /** SIGKILL of one broker of three: the others have everything. */
  BROKER_KILLED,
  /** SIGKILL of two: nothing can be written any more. */
  BROKERS_KILLED,
  /** One instance is cut off from all brokers. */
  NETWORK_CUT,
  /** The same, and nobody is told. */
  NETWORK_SILENT;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
