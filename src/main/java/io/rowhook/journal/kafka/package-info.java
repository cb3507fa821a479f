/**
 * Apache Kafka behind the journal's file, for several instances: who writes what, and how the file
 * follows. What is committed to the file stands in Kafka before, and what other instances have
 * written there comes into the file. Kafka's client stays in here.
 */
@NullMarked
package io.rowhook.journal.kafka;

import org.jspecify.annotations.NullMarked;
