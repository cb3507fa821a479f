/**
 * Turns row changes into events about entities: at most one for each entity and transaction, its
 * net change. Takes: row changes. Hands on: {@link io.rowhook.entity.Event}s to an {@link
 * io.rowhook.entity.EventLog}.
 *
 * <p>Step by step: {@link io.rowhook.entity.TransactionAggregator} gathers a transaction, {@code
 * RowChangeMapper} tells which row of which entity a change is, {@code AggregateResolver} sorts
 * parts to what they belong to, {@code Found} reads what the log does not carry, {@code
 * EventComposer} puts together what an event says, {@code EventSerializer} writes it.
 */
@NullMarked
package io.rowhook.entity;

import org.jspecify.annotations.NullMarked;
