/** Entities as they are now, read between two marks in the log. */
@NullMarked
package io.rowhook.entity.resync;

import org.jspecify.annotations.NullMarked;
