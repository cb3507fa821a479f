/**
 * Turns row changes into events about entities: at most one for each entity and transaction, its
 * net change. Takes: row changes. Hands on: {@link io.rowhook.entity.Event}s to an {@link
 * io.rowhook.entity.EventLog}.
 *
 * <p>Step by step: {@link io.rowhook.entity.EntityEvents} gathers a transaction, {@code RowMapper}
 * tells which row of which entity a change is, {@code Owners} sorts parts to what they belong to,
 * {@code Found} reads what the log does not carry, {@code Composer} puts together what an event
 * says, {@code EventMaker} writes it.
 */
@NullMarked
package io.rowhook.entity;

import org.jspecify.annotations.NullMarked;
