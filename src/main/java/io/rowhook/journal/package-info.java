/**
 * Keeps every event, durable and in order, until every recipient has settled it, and what each
 * recipient has settled. Takes: events and outcomes. Hands on: events by sequence, deliveries by
 * recipient. SQLite and Kafka stay in here.
 */
@NullMarked
package io.rowhook.journal;

import org.jspecify.annotations.NullMarked;
