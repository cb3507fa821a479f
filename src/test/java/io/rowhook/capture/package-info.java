/** Capture against a real PostgreSQL. */
@NullMarked
package io.rowhook.capture;

import org.jspecify.annotations.NullMarked;
