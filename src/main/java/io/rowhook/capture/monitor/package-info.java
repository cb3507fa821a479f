/** Looks after a running engine: its slot, publication and tables, and what is said of them. */
@NullMarked
package io.rowhook.capture.monitor;

import org.jspecify.annotations.NullMarked;
