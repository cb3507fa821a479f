/** Which entity a row belongs to, and what the transactions of one batch did to it. */
@NullMarked
package io.rowhook.entity.aggregate;

import org.jspecify.annotations.NullMarked;
