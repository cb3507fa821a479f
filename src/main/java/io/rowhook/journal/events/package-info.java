/** Publishes events, and holds what of them is committed. */
@NullMarked
package io.rowhook.journal.events;

import org.jspecify.annotations.NullMarked;
