/**
 * Reads committed row changes from the source's log, transaction by transaction. Takes: the
 * source's settings and the place in its log up to which everything is durable. Hands on: {@link
 * io.rowhook.capture.RowChange}s and {@link io.rowhook.capture.Transaction}s to a {@link
 * io.rowhook.capture.ChangeSink}. Debezium and the PostgreSQL driver stay in here.
 */
@NullMarked
package io.rowhook.capture;

import org.jspecify.annotations.NullMarked;
