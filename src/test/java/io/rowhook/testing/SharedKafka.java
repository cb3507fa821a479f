package io.rowhook.testing;

import org.jspecify.annotations.Nullable;

/**
 * The Kafka of one broker for all tests of this process that do nothing to it: {@link
 * KafkaCluster#shared}, or one of an image. Any thread.
 */
public final class SharedKafka {

  /** System property: an image of which it is made, by Testcontainers. */
  private static final String IMAGE = "rowhook.test.kafka";

  private static @Nullable ContainerBroker container;

  private SharedKafka() {}

  /** For {@code bootstrap.servers}; the first that asks starts it. */
  public static synchronized String servers() {
    String image = System.getProperty(IMAGE, "");
    if (image.isEmpty()) {
      return KafkaCluster.shared().bootstrapServers();
    }
    if (container == null) {
      container = ContainerBroker.start(image);
    }
    return container.address();
  }
}
