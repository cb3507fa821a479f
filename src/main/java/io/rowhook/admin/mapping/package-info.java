/** Which tables make which entity, as a person chooses it: in force, proposed, tried on a row. */
@NullMarked
package io.rowhook.admin.mapping;

import org.jspecify.annotations.NullMarked;
