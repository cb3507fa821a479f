/** Turns the log's messages into row changes, and PostgreSQL's text into values. */
@NullMarked
package io.rowhook.capture.decode;

import org.jspecify.annotations.NullMarked;
