/** The admin API held to its own document. */
@NullMarked
package io.rowhook.api;

import org.jspecify.annotations.NullMarked;
