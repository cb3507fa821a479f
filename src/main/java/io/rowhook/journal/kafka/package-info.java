/**
 * Puts Apache Kafka behind the journal's file: what is committed to the file stands in Kafka
 * before, and what other processes have written there comes into the file. Kafka's client stays in
 * here.
 */
@NullMarked
package io.rowhook.journal.kafka;

import org.jspecify.annotations.NullMarked;
