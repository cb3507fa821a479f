/**
 * Turns row changes into events about entities: at most one for each entity and transaction, its
 * net change. Takes: row changes. Hands on: {@link io.rowhook.entity.Event}s to an {@link
 * io.rowhook.entity.EventLog}.
 */
@NullMarked
package io.rowhook.entity;

import org.jspecify.annotations.NullMarked;
