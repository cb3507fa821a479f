package io.rowhook.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.slf4j.LoggerFactory;

/**
 * Apache Kafka's own main, in a process that lives no longer than whoever has started it: it ends
 * when its standard input does. Formats the broker's storage first, if that is new.
 */
final class KafkaBrokerMain {

  private KafkaBrokerMain() {}

  /**
   * Runs until it is stopped, or its standard input ends.
   *
   * @param arguments the broker's properties file, and the cluster's id
   */
  public static void main(String[] arguments) {
    Thread.ofPlatform().daemon().name("starter-watch").start(KafkaBrokerMain::endWithStarter);
    level(Logger.ROOT_LOGGER_NAME, Level.INFO);
    level("org.apache.kafka.common.config", Level.WARN); // or it lists every setting, many times
    String properties = arguments[0];
    String[] format = {
      "format", "--ignore-formatted", "--cluster-id", arguments[1], "--config", properties
    };
    int status = StorageTool.execute(format, System.out);
    if (status != 0) {
      System.exit(status);
    }
    Kafka.main(new String[] {properties});
  }

  private static void level(String logger, Level level) {
    ((Logger) LoggerFactory.getLogger(logger)).setLevel(level);
  }

  private static void endWithStarter() {
    try {
      while (System.in.read() >= 0) {
        // nothing is said to it
      }
    } catch (IOException e) {
      // as good as its end
    }
    Runtime.getRuntime().halt(1);
  }
}
