/** Reads rows of the source back by key, in one snapshot. */
@NullMarked
package io.rowhook.capture.lookup;

import org.jspecify.annotations.NullMarked;
