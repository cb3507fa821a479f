/**
 * The judge: draws schemas and transactions from a seed, lets Rowhook make events of them, and
 * holds each against what PostgreSQL itself says of its rows. Shares no code with the product but
 * what starts it.
 */
@NullMarked
package io.rowhook.fuzz;

import org.jspecify.annotations.NullMarked;
