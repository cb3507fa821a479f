/**
 * Rowhook: committed row changes of an ERP, as webhooks.
 *
 * <p>The rooms, in the order in which the data passes them, which is also that of the alphabet:
 *
 * <ol>
 *   <li>{@code base}: what every room may use
 *   <li>{@code capture}: reads committed row changes from the source's log
 *   <li>{@code entity}: row changes become events about entities
 *   <li>{@code journal}: keeps every event until every recipient has settled it
 *   <li>{@code recipient}: who gets which event
 *   <li>{@code template}: event to body
 *   <li>{@code webhook}: signs, sends, judges the answer, retries
 * </ol>
 *
 * <p>The law: a room uses only rooms above it in this list, and of them only what stands at their
 * top; sub-packages are a room's own parts, and no two of them use each other. This package, {@code
 * admin} and {@code settings} may use all and are used by none of them; this one builds all of it,
 * also {@code admin}'s parts. Each outside library enters one room; Jackson's tree model is the one
 * foreign type that all share. {@code LawTest} holds it.
 *
 * <p>Start reading in Wiring: the whole flow, built by hand, on one screen. Flow starts and ends
 * it.
 */
@NullMarked
package io.rowhook;

import org.jspecify.annotations.NullMarked;
