/** Looks, before an engine starts, whether the source's server and tables can be captured. */
@NullMarked
package io.rowhook.capture.checks;

import org.jspecify.annotations.NullMarked;
