/** Whole transactions on their way to the journal. */
@NullMarked
package io.rowhook.entity.transaction;

import org.jspecify.annotations.NullMarked;
