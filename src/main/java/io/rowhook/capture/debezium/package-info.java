/**
 * Runs Debezium's engine with what stands in for parts of it, and puts its records together to
 * whole transactions.
 */
@NullMarked
package io.rowhook.capture.debezium;

import org.jspecify.annotations.NullMarked;
